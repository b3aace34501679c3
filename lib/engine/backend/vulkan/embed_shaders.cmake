# Writes a C++ file that holds compiled shaders: cmake -DOUTPUT=file -DSHADERS="a.spv;b.spv" -P embed_shaders.cmake
set(arrays "")
set(table "")
foreach(file IN LISTS SHADERS)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" bytes HEX)
  # SPIR-V words are little-endian here, as the compiler writes them on the machines that it runs on.
  string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1," words "${bytes}")
  string(APPEND arrays "constexpr std::uint32_t k_${name}[] = {${words}};\n")
  string(APPEND table "    {\"${name}\", k_${name}},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"engine/backend/vulkan/shader_library.h\"

namespace rbee::engine::vulkan {
namespace {

${arrays}
constexpr Shader kShaders[] = {
${table}};

}  // namespace

std::span<const Shader> all_shaders() {
  return kShaders;
}

}  // namespace rbee::engine::vulkan
")
