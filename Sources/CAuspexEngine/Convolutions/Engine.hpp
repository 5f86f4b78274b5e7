// Shared by all files here: the one engine, errors, counters, and the team of threads.
#pragma once
#include "../Dispatch/Team.hpp"
#include "Convolutions.h"
#include "Kernels.h"
#include "../Dispatch/Subnormals.hpp"
#include <dnnl.hpp>
#include <chrono>
#include <exception>
#include <mutex>
#include <string>
#include <type_traits>

namespace ax {

/// Set up at first use, after AUSPEX_ISA has been applied: oneDNN takes a limit only before its first primitive.
dnnl::engine &engine();
dnnl::stream &stream();

/// The instruction set that oneDNN may use.
ax_isa isa();

void keepMessage(const std::string &message);

/// One call at a time: plans hold the addresses of the call that runs.
std::mutex &callLock();

/// Makes the calling thread's team flush subnormal numbers, before the library computes on it: the library starts threads in the mode of the
/// calling thread.
void prepareTeam();

/// Runs `body` exclusively and turns what it throws into -1 and a message.
template <class Body>
int guarded(Body body) {
    std::lock_guard<std::mutex> lock(callLock());
    const ax_subnormals_flushed flushed;
    prepareTeam();
    try {
        body();
        return 0;
    } catch (const std::exception &error) {
        keepMessage(error.what());
        return -1;
    }
}

/// Adds its lifetime, and the given operations, to a counter.
class Counted {
public:
    Counted(int family, double flops);
    ~Counted();

private:
    int family;
    double flops;
    std::chrono::steady_clock::time_point start;
};

/// Calls `body(first, last)` on every thread with its share of `count`; the shares depend on the number of threads alone.
/// `worth`: the least number of items for which waking a second thread pays.
template <class Body>
void parallel(int64_t count, int64_t worth, Body body) {
    const ax_subnormals_flushed flushed;
    int threads = team_size();
    if (threads > count / (worth > 0 ? worth : 1)) threads = int(count / (worth > 0 ? worth : 1));
    if (threads <= 1) {
        if (count > 0) body(int64_t(0), count);
        return;
    }
    struct Work {
        Body *body;
        int64_t count, parts;
    } work{&body, count, threads};
    run_parts(
        [](void *data, int part) {
            auto *work = static_cast<Work *>(data);
            const int64_t first = work->count * part / work->parts, last = work->count * (part + 1) / work->parts;
            if (first < last) (*work->body)(first, last);
        },
        &work, threads);
}

inline dnnl::memory::data_type dataType(int type) {
    return type == ax_dnn_bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
}

}  // namespace ax
