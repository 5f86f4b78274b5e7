#include "Team.hpp"

#include <atomic>

#include "Kernels.h"
#include "Subnormals.hpp"

// libgomp's entry points; its omp.h belongs to GCC and Clang does not find it.
extern "C" {
void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_get_num_procs(void);
int omp_get_max_threads(void);
void omp_set_num_threads(int count);
}

namespace ax {
namespace {

std::atomic<int> chosen{0};

struct Work {
    void (*body)(void *, int);
    void *data;
    int parts;
};

// libgomp may give fewer threads than requested: the parts stay the same, and a thread then runs several.
void run_share(void *pointer) {
    // The calling thread already flushes, and its caller restores the mode; the team's own threads keep flushing.
    ax_flush_subnormals();
    const Work &work = *static_cast<Work *>(pointer);
    const int team = omp_get_num_threads();
    for (int part = omp_get_thread_num(); part < work.parts; part += team) work.body(work.data, part);
}

int clamp(int count) { return count < 1 ? 1 : count > maximum_parts ? maximum_parts : count; }

}  // namespace

int team_size() {
    const int count = chosen.load(std::memory_order_relaxed);
    return count > 0 ? count : clamp(omp_get_max_threads());
}

void run_parts(void (*body)(void *, int), void *data, int parts) {
    Work work{body, data, parts};
    GOMP_parallel(run_share, &work, static_cast<unsigned>(parts), 0);
}

}  // namespace ax

void ax_set_threads(int count) {
    ax::chosen.store(ax::clamp(count), std::memory_order_relaxed);
    omp_set_num_threads(ax::clamp(count));
}

int ax_threads(void) { return ax::team_size(); }
