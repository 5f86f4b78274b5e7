#pragma once
#include "Direct.hpp"
#include "Plan.hpp"
#include "Winograd.hpp"

namespace ax {

/// Plain bytes without gaps: compared and hashed as such.
struct ConvolutionKey {
    ax_dnn_convolution shape;
    int32_t direction;
    int32_t threads;  ///< a plan's scratch memory, and oneDNN's own choices, depend on them
};
static_assert(std::has_unique_object_representations_v<ConvolutionKey>);

double ax_flops(const ax_dnn_convolution &shape);

}  // namespace ax

struct ax_dnn_plan {
    ax_dnn_convolution shape{};
    ax_dnn_needs needs{};
    double flops = 0;
    ax::Runner runner, reorder;
    /// Which loops the plan runs.
    enum class Loops { library, direct, winograd } loops = Loops::library;
    ax::direct::Products products;
    ax::winograd::Filtering filtering{};
    /// Whether the filtering is for dx, whose kernel is reversed.
    bool isTurned = false;
};
