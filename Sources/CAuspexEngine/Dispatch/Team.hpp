// The threads: libgomp's team, called directly, so that our loops and oneDNN's share one set of threads.
#pragma once
#include <cstddef>

namespace ax {

// More threads than this bring no loop of ours anything.
constexpr int maximum_parts = 256;

int team_size();
// Runs body(data, part) for part = 0..<parts, on at most that many threads. Which thread runs a part changes no result: a part's bounds
// and where it leaves its result depend on its number alone.
void run_parts(void (*body)(void *data, int part), void *data, int parts);

}  // namespace ax
