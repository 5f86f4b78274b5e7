#include "MaximumPooling.hpp"
#include "Plan.hpp"
#include "Version.hpp"

namespace ax {

namespace {

struct PoolingKey {
    ax_dnn_pooling shape;
    int32_t kind;
    int32_t threads;
};
static_assert(std::has_unique_object_representations_v<PoolingKey>);

struct PoolingPlan {
    Runner runner;
    size_t noteBytes = 0;
};

Cache<PoolingKey, PoolingPlan> plans(256);

version::PoolingDescriptors descriptors(const ax_dnn_pooling &s) {
    version::PoolingDescriptors d;
    auto last = channelsLast(s.spatial);
    d.x = {activation(s.batch, s.channels, s.input, s.spatial), dataType(s.type), last};
    d.y = {activation(s.batch, s.channels, s.output, s.spatial), dataType(s.type), last};
    d.algorithm = s.maximum ? dnnl::algorithm::pooling_max : dnnl::algorithm::pooling_avg_include_padding;
    d.strides = sides(s.stride, s.spatial);
    d.window = sides(s.window, s.spatial);
    d.before = sides(s.before, s.spatial);
    for (int i = 3 - s.spatial; i < 3; i++)
        d.after.push_back((s.output[i] - 1) * s.stride[i] + s.window[i] - s.input[i] - s.before[i]);
    return d;
}

/// A maximum in training leaves a note for the backward pass; averages, and a maximum without gradient, need none.
const PoolingPlan &planned(const ax_dnn_pooling &shape, bool backward, bool note) {
    const int direction = backward ? 2 : (note ? 1 : 0);
    return plans.get({shape, direction, team_size()}, [&](PoolingPlan &plan) {
        auto d = descriptors(shape);
        auto kind = backward || note ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        // oneDNN's own scratch memory here: pooling needs none for channels-last float32, and little elsewhere.
        auto forward = version::poolingForward(d, kind, dnnl::primitive_attr());
        auto noted = shape.maximum && (backward || note);
        if (backward) {
            auto made = version::poolingBackward(d, dnnl::primitive_attr(), forward);
            plan.runner = Runner(made, dnnl::pooling_backward(made));
            plan.runner.add(DNNL_ARG_DIFF_DST, d.y);
            plan.runner.add(DNNL_ARG_DIFF_SRC, d.x);
        } else {
            plan.runner = Runner(forward, dnnl::pooling_forward(forward));
            plan.runner.add(DNNL_ARG_SRC, d.x);
            plan.runner.add(DNNL_ARG_DST, d.y);
        }
        if (noted) {
            plan.runner.add(DNNL_ARG_WORKSPACE, forward.workspace_desc());
            plan.noteBytes = forward.workspace_desc().get_size();
        }
    });
}

double flops(const ax_dnn_pooling &s) {
    double count = double(s.batch) * s.channels;
    for (int i = 3 - s.spatial; i < 3; i++) count *= double(s.output[i]) * s.window[i];
    return count;
}

}  // namespace

}  // namespace ax

using namespace ax;

int ax_dnn_pooling_note(const ax_dnn_pooling *shape, size_t *bytes) {
    return guarded([&] { *bytes = shape->maximum ? planned(*shape, false, true).noteBytes : 0; });
}

int ax_dnn_pooling_forward(const ax_dnn_pooling *shape, const void *x, void *y, void *note) {
    return guarded([&] {
        Counted counted(ax_dnn_count_pooling, flops(*shape));
        if (!note && maximum::isChosen(*shape))
            return maximum::run(*shape, static_cast<const float *>(x), static_cast<float *>(y));
        auto &plan = planned(*shape, false, note != nullptr);
        if (shape->maximum && note)
            plan.runner.run({x, y, note}, nullptr);
        else
            plan.runner.run({x, y}, nullptr);
        if (shape->maximum) maximum::markNotNumbers(*shape, x, y);
    });
}

int ax_dnn_pooling_backward(const ax_dnn_pooling *shape, const void *dy, void *dx, const void *note) {
    return guarded([&] {
        Counted counted(ax_dnn_count_pooling, flops(*shape));
        auto &plan = planned(*shape, true, true);
        if (shape->maximum)
            plan.runner.run({dy, dx, note}, nullptr);
        else
            plan.runner.run({dy, dx}, nullptr);
    });
}
