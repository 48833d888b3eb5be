// Frames for the kernel objects of tests. What was given back is gone, and AddressSanitizer knows it.
#pragma once
#include <cstdlib>
#include <set>

struct slab_frames {
    std::set<const void*> taken;
    std::size_t most = 1000;

    ~slab_frames()
    {
        for (const void* each : taken)
            std::free(const_cast<void*>(each));
    }

    void* take()
    {
        if (taken.size() == most)
            return nullptr;
        void* const frame = std::aligned_alloc(4096, 4096);
        taken.insert(frame);
        return frame;
    }
    void give(void* frame)
    {
        if (taken.erase(frame) != 1)
            std::abort();
        std::free(frame);
    }
    bool owns(const void* address) const
    {
        const auto after = taken.upper_bound(address);
        return after != taken.begin() && static_cast<const char*>(address) < static_cast<const char*>(*std::prev(after)) + 4096;
    }
};

// The policy is copied into the heap, so it only points to the frames.
struct slab_frames_of {
    slab_frames* frames;

    void* take() { return frames->take(); }
    void give(void* frame) { frames->give(frame); }
    bool owns(const void* address) const { return frames->owns(address); }
};
