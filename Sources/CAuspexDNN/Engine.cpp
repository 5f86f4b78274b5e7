#include "Engine.hpp"
#include "Version.hpp"
#include <cstdlib>
#include <cstring>

namespace auspex {

namespace {

struct Setup {
    Isa isa;
    dnnl::engine engine;
    dnnl::stream stream;

    Setup() : isa(limit()), engine(dnnl::engine::kind::cpu, 0), stream(engine) {}

    static Isa limit() {
        const char *wanted = std::getenv("AUSPEX_ISA");
        if (wanted && !std::strcmp(wanted, "baseline")) dnnl::set_max_cpu_isa(dnnl::cpu_isa::sse41);
        if (wanted && !std::strcmp(wanted, "avx2")) dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2);
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
Isa isa() { return setup().isa; }
std::mutex &callLock() {
    static std::mutex lock;
    return lock;
}

void prepareTeam() {
    // A team that grows later gets its new threads from this one, which flushes as long as it computes.
    static thread_local int prepared = 1;
    const int threads = omp_get_max_threads();
    if (prepared >= threads) return;
    GOMP_parallel([](void *) { ax_flush_subnormals(); }, nullptr, unsigned(threads), 0);
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

}  // namespace auspex

using namespace auspex;

int ax_dnn_version(void) { return dnnl_version()->major * 100 + dnnl_version()->minor; }
const char *ax_dnn_message(void) { return message.c_str(); }
const char *ax_dnn_isa(void) {
    switch (isa()) {
    case Isa::baseline: return "baseline";
    case Isa::avx2: return "avx2";
    case Isa::avx512: return "avx512";
    }
    return "baseline";
}
int ax_dnn_has_bfloat16(void) {
#if defined(__x86_64__)
    return isa() == Isa::avx512 && __builtin_cpu_supports("avx512bf16");
#else
    return 0;
#endif
}
ax_dnn_count ax_dnn_counter(int family) { return counters[family]; }
void ax_dnn_reset_counters(void) { std::memset(counters, 0, sizeof counters); }
