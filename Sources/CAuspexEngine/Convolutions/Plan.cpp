#include "Plan.hpp"

namespace ax {

void Runner::run(std::initializer_list<const void *> addresses, void *scratchpad) const {
    size_t place = 0;
    auto set = [&](const void *address) {
        auto status = dnnl_memory_set_data_handle(memories[place++].get(), const_cast<void *>(address));
        if (status != dnnl_success) throw dnnl::error(status, "could not set the address of an argument");
    };
    if (scratch) set(scratchpad);
    for (const void *address : addresses) set(address);
    auto status = dnnl_primitive_execute(primitive.get(), stream().get(), int(arguments.size()), arguments.data());
    if (status != dnnl_success) throw dnnl::error(status, "could not execute a primitive");
    dnnl_stream_wait(stream().get());
}

}  // namespace ax
