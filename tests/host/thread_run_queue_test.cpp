// thread/run_queue.cpp against a model: a list for each priority.
#include "thread/run_queue.hpp"

#include <array>
#include <deque>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace {

using queue = thread::run_queue;

/// Whose turn it should be.
class model {
public:
    void add(thread::thread& added) { of_[added.priority].push_back(&added); }
    thread::thread* take()
    {
        for (unsigned priority = queue::priorities; priority-- > 0;)
            if (auto& waiting = of_[priority]; !waiting.empty()) {
                thread::thread* const first = waiting.front();
                waiting.pop_front();
                return first;
            }
        return nullptr;
    }

    void remove(thread::thread& removed) { std::erase(of_[removed.priority], &removed); }

private:
    std::array<std::deque<thread::thread*>, queue::priorities> of_;
};

TEST(RunQueue, AMillionStepsAreTheModels)
{
    std::mt19937 random(7);
    for (const unsigned count : {1u, 2u, 3u, 40u, 500u}) {
        std::vector<thread::thread> threads(count);
        std::vector<thread::thread*> idle, busy;
        for (auto& each : threads)
            idle.push_back(&each);
        queue tried;
        model wanted;
        for (int step = 0; step < 200'000; ++step) {
            // for a while more come than go, then more go than come
            if (!idle.empty() && random() % 8 < (step / 1000 % 2 ? 3u : 5u)) {
                std::swap(idle[random() % idle.size()], idle.back());
                thread::thread& added = *idle.back();
                idle.pop_back();
                added.priority = random() % 3 == 0 ? random() % queue::priorities : 31 * (random() % 2);
                tried.add(added);
                wanted.add(added);
                busy.push_back(&added);
            } else if (!busy.empty() && random() % 4 == 0) {
                std::swap(busy[random() % busy.size()], busy.back());
                thread::thread& removed = *busy.back();
                busy.pop_back();
                tried.remove(removed);
                wanted.remove(removed);
                idle.push_back(&removed);
            } else {
                thread::thread* const taken = tried.take();
                ASSERT_EQ(taken, wanted.take()) << "step " << step << " with " << count;
                if (taken != nullptr) {
                    idle.push_back(taken);
                    std::erase(busy, taken);
                }
            }
        }
    }
}

}  // namespace
