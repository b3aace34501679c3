#pragma once
// One model of a pool's catalog.

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "wire/pool/model_file.h"

namespace rbee::wire {

/// `{"repo","revision","context_length","vocab_size","quantization","files"}`; empty or 0: not known.
struct ModelMetadata {
  std::string repo;      ///< "org/name" on the hub
  std::string revision;  ///< the commit that was downloaded: 40 hex digits
  std::uint64_t context_length = 0;
  std::uint64_t vocab_size = 0;
  std::string quantization;  ///< of most weights: "BF16", "Q4_K", …
  std::vector<ModelFile> files;
  boost::json::object other;  ///< fields that this version does not know
};

/// `{"id","name","path","format","size_gb","architecture","downloaded","backends","metadata"}`.
struct CatalogModel {
  std::string id;
  std::string name;    ///< for people
  std::string path;    ///< of the model folder or .gguf file; relative to the pool's home, or absolute
  std::string format;  ///< "safetensors" or "gguf"; empty before the download
  double size_gb = 0;  ///< decimal gigabytes
  std::string architecture;
  bool downloaded = false;
  std::vector<std::string> backends;  ///< those on which it was seen to work
  ModelMetadata metadata;
  boost::json::object other;  ///< fields that this version does not know
};

boost::json::value to_json(const CatalogModel& model);

/// `where` names the value in errors. Throws Error{kBadFile}.
CatalogModel catalog_model_from_json(const boost::json::value& value, const std::string& where);

}  // namespace rbee::wire
