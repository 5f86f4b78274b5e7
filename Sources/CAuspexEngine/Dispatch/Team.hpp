// The threads: libgomp's team, called directly, so that our loops and oneDNN's share one set of threads.
#pragma once
#include <cstddef>

namespace ax {

// More threads than this do not speed up any of our loops.
constexpr int maximum_parts = 256;

int team_size();
// Runs body(data, part) for part = 0..<parts, on at most that many threads. The result does not depend on which thread runs a part: a part's bounds
// and the place of its result depend on its number alone.
void run_parts(void (*body)(void *data, int part), void *data, int parts);

}  // namespace ax
