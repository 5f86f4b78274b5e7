#include "Convolution.hpp"
#include "Version.hpp"

namespace ax {

namespace {

/// Packed layouts so far; a packing's number is its index here. There are few shapes of weights, so a list is enough.
std::vector<dnnl::memory::desc> packings;

int32_t packingNumber(const dnnl::memory::desc &descriptor) {
    for (size_t i = 0; i < packings.size(); i++)
        if (packings[i] == descriptor) return int32_t(i);
    packings.push_back(descriptor);
    return int32_t(packings.size()) - 1;
}

dnnl::memory::dims weightDims(const ax_dnn_convolution &s) {
    auto dims = activation(s.out / s.groups, s.in / s.groups, s.kernel, s.spatial);
    if (s.groups > 1) dims.insert(dims.begin(), s.groups);
    return dims;
}

dnnl::memory::desc plainWeights(const ax_dnn_convolution &s, dnnl::memory::data_type type) {
    using tag = dnnl::memory::format_tag;
    if (s.groups > 1) return {weightDims(s), type, s.spatial == 3 ? tag::dhwigo : tag::hwigo};
    return {weightDims(s), type, s.spatial == 3 ? tag::dhwio : tag::hwio};
}

version::ConvolutionDescriptors descriptors(
    const ax_dnn_convolution &s, bool bias, dnnl::memory::data_type weightType) {
    version::ConvolutionDescriptors d;
    auto last = channelsLast(s.spatial);
    d.x = {activation(s.batch, s.in, s.input, s.spatial), dataType(s.type), last};
    d.y = {activation(s.batch, s.out, s.output, s.spatial), dataType(s.type), last};
    d.weights = {weightDims(s), weightType, dnnl::memory::format_tag::any};
    if (bias) d.bias = {{s.out}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::x};
    d.strides = sides(s.stride, s.spatial);
    d.before = sides(s.before, s.spatial);
    for (int i = 3 - s.spatial; i < 3; i++)
        d.after.push_back((s.output[i] - 1) * s.stride[i] + s.kernel[i] - s.input[i] - s.before[i]);
    return d;
}

void prepareReorder(Runner &runner, const dnnl::memory::desc &from, const dnnl::memory::desc &to) {
    dnnl::reorder::primitive_desc descriptor(engine(), from, engine(), to, callersScratch());
    runner = Runner(descriptor, dnnl::reorder(descriptor));
    runner.add(DNNL_ARG_FROM, from);
    runner.add(DNNL_ARG_TO, to);
}

void preparePacking(ax_dnn_plan &plan, const dnnl::memory::desc &wanted) {
    auto plain = plainWeights(plan.shape, dataType(plan.shape.type));
    plan.needs.packing = packingNumber(wanted);
    if (wanted == plain) return;
    plan.needs.packed = wanted.get_size();
    prepareReorder(plan.reorder, plain, wanted);
}

void prepareForward(ax_dnn_plan &plan) {
    auto d = descriptors(plan.shape, plan.shape.bias, dataType(plan.shape.type));
    auto made = version::convolutionForward(d, dnnl::prop_kind::forward_inference, callersScratch());
    plan.runner = Runner(made, dnnl::convolution_forward(made));
    plan.runner.add(DNNL_ARG_SRC, d.x);
    plan.runner.add(DNNL_ARG_WEIGHTS, made.weights_desc());
    plan.runner.add(DNNL_ARG_DST, d.y);
    if (plan.shape.bias) plan.runner.add(DNNL_ARG_BIAS, d.bias);
    preparePacking(plan, made.weights_desc());
}

void prepareBackwardData(ax_dnn_plan &plan) {
    auto d = descriptors(plan.shape, false, dataType(plan.shape.type));
    auto hint = version::convolutionForward(d, dnnl::prop_kind::forward_training, callersScratch());
    auto made = version::convolutionBackwardData(d, callersScratch(), hint);
    plan.runner = Runner(made, dnnl::convolution_backward_data(made));
    plan.runner.add(DNNL_ARG_DIFF_DST, d.y);
    plan.runner.add(DNNL_ARG_WEIGHTS, made.weights_desc());
    plan.runner.add(DNNL_ARG_DIFF_SRC, d.x);
    preparePacking(plan, made.weights_desc());
}

/// The gradient is float32 whatever the activations are.
void prepareBackwardWeights(ax_dnn_plan &plan) {
    const auto type = dnnl::memory::data_type::f32;
    auto d = descriptors(plan.shape, plan.shape.bias, type);
    auto hint = version::convolutionForward(
        descriptors(plan.shape, plan.shape.bias, dataType(plan.shape.type)), dnnl::prop_kind::forward_training,
        callersScratch());
    auto made = version::convolutionBackwardWeights(d, callersScratch(), hint);
    plan.runner = Runner(made, dnnl::convolution_backward_weights(made));
    plan.runner.add(DNNL_ARG_SRC, d.x);
    plan.runner.add(DNNL_ARG_DIFF_DST, d.y);
    plan.runner.add(DNNL_ARG_DIFF_WEIGHTS, made.diff_weights_desc());
    if (plan.shape.bias) plan.runner.add(DNNL_ARG_DIFF_BIAS, d.bias);
    auto plain = plainWeights(plan.shape, type);
    if (made.diff_weights_desc() != plain) {
        plan.needs.packed = made.diff_weights_desc().get_size();
        prepareReorder(plan.reorder, made.diff_weights_desc(), plain);
    }
}

/// What the packing of our own loops depends on: everything but the batch and the sides of activations.
int32_t ownPackingNumber(ax_dnn_convolution shape, int direction) {
    static std::vector<ConvolutionKey> met;
    shape.batch = shape.bias = shape.relu = 0;
    std::memset(shape.input, 0, sizeof shape.input);
    std::memset(shape.output, 0, sizeof shape.output);
    const ConvolutionKey key{shape, direction, 0};
    size_t i = 0;
    while (i < met.size() && std::memcmp(&met[i], &key, sizeof key)) i++;
    if (i == met.size()) met.push_back(key);
    return -1 - int32_t(i);
}

void prepareDirect(ax_dnn_plan &plan, int direction) {
    plan.loops = ax_dnn_plan::Loops::direct;
    if (direction == ax_dnn_backward_weights) {
        plan.needs.scratch = direct::weightsScratchBytes(plan.shape);
        return;
    }
    plan.products =
        direction == ax_dnn_forward ? direct::forwardProducts(plan.shape) : direct::backwardDataProducts(plan.shape);
    plan.needs.scratch = direct::scratchBytes(plan.products);
    plan.needs.packed = size_t(plan.products.packed) * sizeof(float);
    plan.needs.packing = ownPackingNumber(plan.shape, direction);
}

/// dx as a convolution of dy with the kernel reversed: stride 1, without groups.
ax_dnn_convolution turned(const ax_dnn_convolution &s) {
    ax_dnn_convolution t = s;
    std::swap(t.in, t.out);
    for (int i = 0; i < 3; i++) {
        std::swap(t.input[i], t.output[i]);
        if (s.kernel[i] > 0) t.before[i] = s.kernel[i] - 1 - s.before[i];
    }
    return t;
}

/// Whether minimal filtering is allowed for a direction and available for the shape.
bool isFiltered(const ax_dnn_convolution &s, int direction) {
    if (direction == ax_dnn_forward) return s.transformed && winograd::isChosen(s, ax_dnn_forward);
    if (direction != ax_dnn_backward_data || s.transformed != 2 || s.spatial != 2) return false;
    const bool fits = s.stride[1] == 1 && s.stride[2] == 1 && s.before[1] < s.kernel[1] && s.before[2] < s.kernel[2];
    return fits && winograd::isChosen(turned(s), ax_dnn_forward);
}

void prepareWinograd(ax_dnn_plan &plan, int direction) {
    plan.loops = ax_dnn_plan::Loops::winograd;
    plan.isTurned = direction == ax_dnn_backward_data;
    plan.filtering = winograd::filtering(plan.isTurned ? turned(plan.shape) : plan.shape);
    plan.flops = winograd::flops(plan.filtering);
    plan.needs.scratch = winograd::scratchBytes(plan.filtering);
    plan.needs.packed = winograd::packedCount(plan.filtering) * sizeof(float);
    plan.needs.packing = ownPackingNumber(plan.shape, direction);
}

/// max(y, 0) in place, where NaN stays: the library's own ReLU turns it into 0, which would hide a broken network.
void rectify(const ax_dnn_convolution &s, void *y) {
    int64_t count = int64_t(s.batch) * s.out;
    for (int i = 3 - s.spatial; i < 3; i++) count *= s.output[i];
    const int64_t worth = 1 << 14;
    if (s.type == ax_dnn_f32) {
        float *numbers = static_cast<float *>(y);
        return parallel(count, worth, [=](int64_t first, int64_t last) {
            for (int64_t i = first; i < last; i++) numbers[i] = numbers[i] <= 0 ? 0 : numbers[i];
        });
    }
    uint16_t *bits = static_cast<uint16_t *>(y);
    parallel(count, worth, [=](int64_t first, int64_t last) {
        // 0xff80 is −∞ as bfloat16; above it are NaN with a sign.
        for (int64_t i = first; i < last; i++) bits[i] = bits[i] >= 0x8000 && bits[i] <= 0xff80 ? 0 : bits[i];
    });
}

/// The unpacked gradient is at the scratch memory's start.
size_t rounded(size_t bytes) { return (bytes + 63) & ~size_t(63); }

Cache<ConvolutionKey, ax_dnn_plan> plans(1024);

}  // namespace

double ax_flops(const ax_dnn_convolution &s) {
    double products = double(s.batch) * (s.in / s.groups) * s.out;
    for (int i = 3 - s.spatial; i < 3; i++) products *= double(s.kernel[i]) * s.output[i];
    return 2 * products;
}

}  // namespace ax

using namespace ax;

int ax_dnn_convolution_plan(
    const ax_dnn_convolution *shape, int direction, const ax_dnn_plan **plan, ax_dnn_needs *needs) {
    return guarded([&] {
        ConvolutionKey key{*shape, direction, team_size()};
        if (direction != ax_dnn_forward) key.shape.relu = 0;
        key.shape.transformed = isFiltered(key.shape, direction) ? key.shape.transformed : 0;
        if (direction == ax_dnn_backward_data) key.shape.bias = 0;
        auto &found = plans.get(key, [&](ax_dnn_plan &made) {
            made.shape = key.shape;
            made.flops = ax_flops(key.shape);
            if (key.shape.transformed) return prepareWinograd(made, direction);
            if (direct::isChosen(key.shape, direction)) return prepareDirect(made, direction);
            switch (direction) {
            case ax_dnn_forward: prepareForward(made); break;
            case ax_dnn_backward_data: prepareBackwardData(made); break;
            default: prepareBackwardWeights(made); break;
            }
            made.needs.scratch = rounded(made.runner.scratch);
            if (direction == ax_dnn_backward_weights) made.needs.scratch += rounded(made.needs.packed);
        });
        *plan = &found;
        *needs = found.needs;
    });
}

int ax_dnn_convolution_pack(const ax_dnn_plan *plan, const void *weights, void *packed) {
    return guarded([&] {
        Counted counted(ax_dnn_count_reorder, 0);
        const float *from = static_cast<const float *>(weights);
        float *to = static_cast<float *>(packed);
        switch (plan->loops) {
        case ax_dnn_plan::Loops::direct: return direct::pack(plan->shape, plan->products, from, to);
        case ax_dnn_plan::Loops::winograd: return winograd::pack(plan->filtering, from, plan->isTurned, to);
        case ax_dnn_plan::Loops::library: return plan->reorder.run({weights, packed}, nullptr);
        }
    });
}

int ax_dnn_convolution_forward(
    const ax_dnn_plan *plan, const void *x, const void *weights, const float *bias, void *y, void *scratch) {
    return guarded([&] {
        Counted counted(ax_dnn_count_forward, plan->flops);
        const float *from = static_cast<const float *>(x), *packed = static_cast<const float *>(weights);
        float *to = static_cast<float *>(y);
        if (plan->loops == ax_dnn_plan::Loops::direct)
            direct::run(plan->products, from, packed, bias, plan->shape.relu, to, scratch);
        else if (plan->loops == ax_dnn_plan::Loops::winograd)
            winograd::run(plan->filtering, from, packed, bias, plan->shape.relu, to, scratch);
        else {
            if (plan->shape.bias)
                plan->runner.run({x, weights, y, bias}, scratch);
            else
                plan->runner.run({x, weights, y}, scratch);
            if (plan->shape.relu) rectify(plan->shape, y);
        }
    });
}

int ax_dnn_convolution_backward_data(
    const ax_dnn_plan *plan, const void *dy, const void *weights, void *dx, void *scratch) {
    return guarded([&] {
        Counted counted(ax_dnn_count_backward_data, plan->flops);
        if (plan->loops == ax_dnn_plan::Loops::direct)
            direct::run(
                plan->products, static_cast<const float *>(dy), static_cast<const float *>(weights), nullptr, false,
                static_cast<float *>(dx), scratch);
        else if (plan->loops == ax_dnn_plan::Loops::winograd)
            winograd::run(
                plan->filtering, static_cast<const float *>(dy), static_cast<const float *>(weights), nullptr, false,
                static_cast<float *>(dx), scratch);
        else
            plan->runner.run({dy, weights, dx}, scratch);
    });
}

int ax_dnn_convolution_backward_weights(
    const ax_dnn_plan *plan, const void *x, const void *dy, float *dw, float *db, void *scratch) {
    return guarded([&] {
        Counted counted(ax_dnn_count_backward_weights, plan->flops);
        if (plan->loops == ax_dnn_plan::Loops::direct) {
            const float *gradients = static_cast<const float *>(dy);
            direct::backwardWeights(plan->shape, static_cast<const float *>(x), gradients, dw, scratch);
            int64_t rows = plan->shape.batch;
            for (int i = 3 - plan->shape.spatial; i < 3; i++) rows *= plan->shape.output[i];
            if (db) ax_dnn_column_sums(gradients, db, rows, plan->shape.out);
            return;
        }
        char *rest = static_cast<char *>(scratch);
        void *gradient = dw;
        if (plan->needs.packed) {
            gradient = scratch;
            rest += rounded(plan->needs.packed);
        }
        if (plan->shape.bias)
            plan->runner.run({x, dy, gradient, db}, rest);
        else
            plan->runner.run({x, dy, gradient}, rest);
        if (plan->needs.packed) plan->reorder.run({gradient, dw}, nullptr);
    });
}
