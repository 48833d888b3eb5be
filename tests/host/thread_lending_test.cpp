// thread/lending.cpp and thread/endpoint.cpp against a model that works out every priority anew after each step.
#include "thread/lending.hpp"
#include "thread/switch.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <random>
#include <vector>

thread::thread* current_thread;

// What thread/switch.cpp does, without a timer.
void thread::start(thread& started)
{
    started.now = state::ready;
    ready.add(started);
}

void thread::set_priority(thread& of, unsigned priority)
{
    const bool is_in_line = of.now == state::ready && &of != current_thread;
    if (is_in_line)
        ready.remove(of);
    of.priority = priority;
    if (is_in_line)
        ready.add(of);
}

namespace {

using thread::state;

constexpr unsigned THREADS = 9, ENDPOINTS = 4; // so that no chain has more than eight links

/// Threads that do what calls of the kernel have them do, and one of which is the current one meanwhile.
class world {
public:
    explicit world(unsigned seed) : random_(seed)
    {
        for (thread::thread& each : threads_)
            be_born(each);
    }
    ~world()
    {
        while (thread::ready.take() != nullptr)
            ;
    }

    void step()
    {
        std::vector<thread::thread*> awake;
        for (thread::thread& each : threads_)
            if (each.now == state::ready)
                awake.push_back(&each);
        if (awake.empty())
            return end_a_wait();
        current_thread = awake[random_() % awake.size()];
        thread::ready.remove(*current_thread);
        act();
        if (current_thread->now == state::ready)
            thread::ready.add(*current_thread);
        current_thread = nullptr;
    }

    /// Each priority, and each endpoint's highest, is what the model says.
    void compare()
    {
        work_out();
        for (unsigned each = 0; each < THREADS; ++each)
            ASSERT_EQ(threads_[each].priority, wanted_[each]) << "thread " << each;
        for (unsigned each = 0; each < ENDPOINTS; ++each)
            ASSERT_EQ(endpoints_[each].highest, highest_[each]) << "endpoint " << each;
        std::vector<thread::thread*> line;
        while (thread::thread* const next = thread::ready.take())
            line.push_back(next);
        ASSERT_TRUE(std::is_sorted(line.begin(), line.end(), [](auto* one, auto* other) { return one->priority > other->priority; }));
        ASSERT_EQ(line.size(), std::count_if(threads_.begin(), threads_.end(), [](auto& each) { return each.now == state::ready; }));
        for (thread::thread* each : line)
            thread::ready.add(*each);
    }

    unsigned most_links() const { return most_links_; }
    unsigned raised() const { return raised_; }

private:
    void be_born(thread::thread& born)
    {
        born.priority = born.own_priority = random_() % thread::run_queue::priorities;
        thread::start(born);
    }

    void act()
    {
        const unsigned there = random_() % ENDPOINTS;
        switch (random_() % 8) {
        case 0:
        case 1:
        case 2: return call(endpoints_[there], slots_[there]);
        case 3:
        case 4: return receive(endpoints_[there], slots_[there]);
        case 5: return reply();
        case 6: return end_a_wait();
        default: return random_() % 8 == 0 ? die() : static_cast<void>(random_() % 8 == 0 && (close(endpoints_[there]), true));
        }
    }

    static thread::thread* waited_for(const thread::thread& by)
    {
        return by.now == state::sending ? by.at->server : by.now == state::awaits_reply ? by.replier : nullptr;
    }

    void call(thread::endpoint& there, capability::slot& by)
    {
        thread::thread* const receiver = thread::first(there, state::receiving);
        unsigned links = 1;
        for (const thread::thread* at = receiver != nullptr ? receiver : there.server; at != nullptr; at = waited_for(*at), ++links)
            if (at == current_thread)
                return; // it would wait for itself
        most_links_ = std::max(most_links_, links);
        if (receiver == nullptr)
            return thread::wait_at(there, *current_thread, state::sending, by);
        thread::bind(*current_thread, *receiver);
        thread::wake(*receiver, interface::status::ok);
    }

    void receive(thread::endpoint& there, capability::slot& by)
    {
        if (current_thread->caller != nullptr)
            return;
        thread::serve(there, *current_thread);
        thread::thread* const sender = thread::first(there, state::sending);
        if (sender == nullptr)
            return thread::wait_at(there, *current_thread, state::receiving, by);
        thread::end_wait(*sender);
        thread::bind(*sender, *current_thread);
    }

    static void reply()
    {
        if (current_thread->caller != nullptr)
            thread::wake(*current_thread->caller, interface::status::ok);
    }

    void end_a_wait()
    {
        thread::thread& any = threads_[random_() % THREADS];
        if (any.now > state::ready)
            thread::wake(any, interface::status::cancelled);
    }

    /// Another one takes its place.
    void die()
    {
        current_thread->now = state::stopped;
        reply();
        thread::serve_nowhere(*current_thread);
        thread::thread& born = *current_thread;
        current_thread = nullptr;
        be_born(born);
        thread::ready.remove(born);
        current_thread = &born;
    }

    static void close(thread::endpoint& there)
    {
        while (there.first != nullptr)
            thread::wake(*there.first, interface::status::gone);
        thread::serve_nobody(there);
    }

    /// By itself; for its caller; for those that have come to call where it serves. Again, until nothing changes.
    void work_out()
    {
        for (unsigned each = 0; each < ENDPOINTS; ++each)
            if (thread::first(endpoints_[each], state::sending) == nullptr)
                highest_[each] = 0;
        std::transform(threads_.begin(), threads_.end(), wanted_.begin(), [](auto& each) { return each.own_priority; });
        for (bool is_new = true; is_new;) {
            is_new = false;
            const auto raise = [&is_new](unsigned& what, unsigned to) { is_new |= what < to, what = std::max(what, to); };
            for (unsigned each = 0; each < THREADS; ++each) {
                const thread::thread& by = threads_[each];
                if (by.now == state::sending)
                    raise(highest_[by.at - endpoints_.data()], wanted_[each]);
                if (by.now == state::awaits_reply)
                    raise(wanted_[by.replier - threads_.data()], wanted_[each]);
            }
            for (unsigned each = 0; each < ENDPOINTS; ++each)
                if (endpoints_[each].server != nullptr)
                    raise(wanted_[endpoints_[each].server - threads_.data()], highest_[each]);
        }
        for (unsigned each = 0; each < THREADS; ++each)
            raised_ += wanted_[each] > threads_[each].own_priority;
    }

    std::mt19937 random_;
    std::array<thread::thread, THREADS> threads_{};
    std::array<thread::endpoint, ENDPOINTS> endpoints_{};
    std::array<capability::slot, ENDPOINTS> slots_{};
    std::array<unsigned, THREADS> wanted_{};
    std::array<unsigned, ENDPOINTS> highest_{};
    unsigned most_links_ = 0, raised_ = 0;
};

TEST(Lending, AMillionStepsAreTheModels)
{
    unsigned most_links = 0, raised = 0;
    for (unsigned seed = 0; seed < 50; ++seed) {
        world tried(seed);
        for (int step = 0; step < 20'000; ++step) {
            tried.step();
            ASSERT_NO_FATAL_FAILURE(tried.compare()) << "seed " << seed << ", step " << step;
        }
        most_links = std::max(most_links, tried.most_links());
        raised += tried.raised();
    }
    EXPECT_GE(most_links, 6u);
    EXPECT_GT(raised, 100'000u);
}

TEST(Lending, EightLinksAreFollowed)
{
    std::array<thread::thread, 10> chain{};
    chain[0].priority = chain[0].own_priority = 5;
    for (unsigned each = 8; each > 0; --each)
        thread::bind(chain[each], chain[each + 1]);
    thread::bind(chain[0], chain[1]);
    for (unsigned each = 1; each < 9; ++each)
        EXPECT_EQ(chain[each].priority, 5u) << "thread " << each;
    EXPECT_EQ(chain[9].priority, 0u);
}

} // namespace
