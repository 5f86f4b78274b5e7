// What every file here shares: the one engine, errors, counters, and the team of threads.
#pragma once
#include "CAuspexDNN.h"
#include "ax_subnormals.h"
#include <dnnl.hpp>
#include <chrono>
#include <exception>
#include <mutex>
#include <string>
#include <type_traits>

extern "C" {
void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
int omp_get_max_threads(void);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
}

namespace auspex {

/// Set up at first use, after AUSPEX_ISA has been obeyed: oneDNN takes a limit only before its first primitive.
dnnl::engine &engine();
dnnl::stream &stream();

enum class Isa { baseline, avx2, avx512 };
Isa isa();

void keepMessage(const std::string &message);

/// One call at a time: plans hold the addresses of the call that runs.
std::mutex &callLock();

/// Makes the calling thread's team flush subnormal numbers, before the library computes on it: it starts threads of its own in the mode of the
/// thread that calls.
void prepareTeam();

/// Runs `body` alone and turns what it throws into -1 and a message.
template <class Body> int guarded(Body body) {
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

/// Adds the time of its life, and the operations named, to a counter.
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
/// `worth`: how many items at least make a second thread worth waking.
template <class Body> void parallel(int64_t count, int64_t worth, Body body) {
    const ax_subnormals_flushed flushed;
    int threads = omp_get_max_threads();
    if (threads > count / (worth > 0 ? worth : 1)) threads = int(count / (worth > 0 ? worth : 1));
    if (threads <= 1) {
        if (count > 0) body(int64_t(0), count);
        return;
    }
    struct Work {
        Body *body;
        int64_t count;
    } work{&body, count};
    GOMP_parallel(
        [](void *data) {
            ax_flush_subnormals();
            auto *work = static_cast<Work *>(data);
            int64_t team = omp_get_num_threads(), me = omp_get_thread_num();
            int64_t first = work->count * me / team, last = work->count * (me + 1) / team;
            if (first < last) (*work->body)(first, last);
        },
        &work, unsigned(threads), 0);
}

inline dnnl::memory::data_type dataType(int type) {
    return type == ax_dnn_bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
}

}  // namespace auspex
