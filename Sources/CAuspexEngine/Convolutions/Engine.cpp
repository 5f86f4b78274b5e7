#include "Engine.hpp"
#include "../Dispatch/InstructionSets.hpp"
#include "Version.hpp"
#include <cstring>

namespace ax {

namespace {

struct Setup {
    ax_isa isa;
    dnnl::engine engine;
    dnnl::stream stream;

    Setup() : isa(limit()), engine(dnnl::engine::kind::cpu, 0), stream(engine) {}

    /// oneDNN is limited to the same instruction set as the kernels.
    static ax_isa limit() {
        ax_isa wanted;
        if (isa_limit(&wanted) && wanted == ax_isa_baseline) dnnl::set_max_cpu_isa(dnnl::cpu_isa::sse41);
        if (isa_limit(&wanted) && wanted == ax_isa_avx2) dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2);
        return version::effectiveIsa();
    }
};

Setup &setup() {
    static Setup setup;
    return setup;
}

thread_local std::string message;
ax_dnn_count counters[ax_dnn_counts];

}  // namespace

dnnl::engine &engine() { return setup().engine; }
dnnl::stream &stream() { return setup().stream; }
ax_isa isa() { return setup().isa; }
std::mutex &callLock() {
    static std::mutex lock;
    return lock;
}

void prepareTeam() {
    // If the team grows later, new threads inherit this thread's mode, which flushes as long as it computes.
    static thread_local int prepared = 1;
    const int threads = team_size();
    if (prepared >= threads) return;
    run_parts([](void *, int) {}, nullptr, threads);
    prepared = threads;
}

void keepMessage(const std::string &text) { message = text; }

Counted::Counted(int family, double flops) : family(family), flops(flops), start(std::chrono::steady_clock::now()) {}

Counted::~Counted() {
    auto &count = counters[family];
    count.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    count.flops += flops;
    count.calls += 1;
}

}  // namespace ax

using namespace ax;

int ax_dnn_version(void) { return dnnl_version()->major * 100 + dnnl_version()->minor; }
const char *ax_dnn_message(void) { return message.c_str(); }
int ax_dnn_has_bfloat16(void) {
#if defined(__x86_64__)
    return isa() == ax_isa_avx512 && __builtin_cpu_supports("avx512bf16");
#else
    return 0;
#endif
}
ax_dnn_count ax_dnn_counter(int family) { return counters[family]; }
void ax_dnn_reset_counters(void) { std::memset(counters, 0, sizeof counters); }
