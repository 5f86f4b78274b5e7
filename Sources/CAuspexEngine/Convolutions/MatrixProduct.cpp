#include "Plan.hpp"
#include "Version.hpp"

using namespace ax;

int ax_dnn_matrix_product(
    const float *a, const float *b, float *c, int64_t m, int64_t n, int64_t k, int transpose_a, int transpose_b) {
    return guarded([&] {
        Counted counted(ax_dnn_count_matrix_product, 2.0 * m * n * k);
        auto status = dnnl_sgemm(
            transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1.f, a, transpose_a ? m : k, b,
            transpose_b ? k : n, 0.f, c, n);
        if (status != dnnl_success) throw dnnl::error(status, "could not multiply two matrices");
    });
}
