#pragma once
#include "Plan.hpp"

namespace auspex {

/// Plain bytes without gaps: compared and hashed as such.
struct ConvolutionKey {
    ax_dnn_convolution shape;
    int32_t direction;
};
static_assert(std::has_unique_object_representations_v<ConvolutionKey>);

double ax_flops(const ax_dnn_convolution &shape);

}  // namespace auspex

struct ax_dnn_plan {
    ax_dnn_convolution shape{};
    ax_dnn_needs needs{};
    double flops = 0;
    auspex::Runner runner, reorder;
};
