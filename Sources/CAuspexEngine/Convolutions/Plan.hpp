// Prepared primitives, and the bounded cache that keeps them.
#pragma once
#include "Engine.hpp"
#include <cstring>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

namespace ax {

/// A primitive with the memory objects of its arguments; running it sets their addresses, which costs no allocation.
class Runner {
public:
    Runner() = default;

    template <class Descriptor>
    Runner(const Descriptor &descriptor, dnnl::primitive made) : primitive(std::move(made)) {
        scratch = descriptor.scratchpad_desc().get_size();
        if (scratch) add(DNNL_ARG_SCRATCHPAD, descriptor.scratchpad_desc());
    }

    void add(int name, const dnnl::memory::desc &descriptor) {
        memories.emplace_back(descriptor, engine(), nullptr);
        arguments.push_back({name, memories.back().get()});
    }

    /// Addresses in the order of `add`; the scratchpad's is the first if there is one.
    void run(std::initializer_list<const void *> addresses, void *scratchpad) const;

    size_t scratch = 0;

private:
    dnnl::primitive primitive;
    std::vector<dnnl::memory> memories;
    std::vector<dnnl_exec_arg_t> arguments;
};

/// Evicts the least recently used; the key is the bytes of a plain struct.
template <class Key, class Value>
class Cache {
public:
    explicit Cache(size_t bound) : bound(bound) {}

    template <class Make>
    Value &get(const Key &key, Make make) {
        std::string bytes(reinterpret_cast<const char *>(&key), sizeof key);
        auto found = index.find(bytes);
        if (found != index.end()) {
            order.splice(order.begin(), order, found->second);
            return *found->second->second;
        }
        auto value = std::make_unique<Value>();
        make(*value);
        order.emplace_front(bytes, std::move(value));
        index[bytes] = order.begin();
        if (order.size() > bound) {
            index.erase(order.back().first);
            order.pop_back();
        }
        return *order.front().second;
    }

private:
    size_t bound;
    std::list<std::pair<std::string, std::unique_ptr<Value>>> order;
    std::unordered_map<std::string, typename decltype(order)::iterator> index;
};

/// Attributes with scratch memory provided by the caller.
inline dnnl::primitive_attr callersScratch() {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

/// Entries of a shape's arrays that are in use, as oneDNN's dimensions.
inline dnnl::memory::dims sides(const int32_t (&entries)[3], int spatial) {
    return {entries + 3 - spatial, entries + 3};
}

/// [first, second, sides...] of an activation; oneDNN names dimensions in this order whatever the memory order is.
inline dnnl::memory::dims activation(int batch, int channels, const int32_t (&entries)[3], int spatial) {
    dnnl::memory::dims dims{batch, channels};
    dims.insert(dims.end(), entries + 3 - spatial, entries + 3);
    return dims;
}

inline dnnl::memory::format_tag channelsLast(int spatial) {
    return spatial == 3 ? dnnl::memory::format_tag::ndhwc : dnnl::memory::format_tag::nhwc;
}

}  // namespace ax
