#pragma once
// The progress line while files are hashed.

#include "hive.h"
#include "pool/model_facts.h"

namespace rbee::hive {

/// `hive` outlives the result.
pool::FilesProgress hashing_line(Hive& hive);

}  // namespace rbee::hive
