#pragma once
// A run as JUnit XML, which CI systems read.

#include <string>

#include "matrix/results.h"

namespace rbee::matrix {

/// One test suite per pool, one test case per cell: failures with their reason and log, skipped ones with theirs. The
/// form is that of the Jenkins JUnit plugin's schema.
std::string junit_text(const Run& run);

}  // namespace rbee::matrix
