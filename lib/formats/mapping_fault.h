#pragma once
// What a process does when a mapped model file turned out to be shorter than it was.

namespace rbee::formats {

/// From now on a read beyond a mapped file's new end (SIGBUS) prints one line that says so to standard error before the
/// process dies of the signal, as it would have without a word. For main(), once, before threads start; the handler is
/// async-signal-safe. Replaces any handler of SIGBUS.
void report_mapping_faults();

}  // namespace rbee::formats
