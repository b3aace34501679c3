#include "engine/backend/vulkan/instance.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/backend/vulkan/limits.h"

namespace rbee::engine::vulkan {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

#if defined(__APPLE__)
constexpr std::array<const char*, 3> kLoaderNames = {"libvulkan.1.dylib", "libvulkan.dylib", "libMoltenVK.dylib"};
constexpr const char* kLoaderHint = "Homebrew: vulkan-loader, molten-vk";
#else
constexpr std::array<const char*, 2> kLoaderNames = {"libvulkan.so.1", "libvulkan.so"};
constexpr const char* kLoaderHint = "Debian: libvulkan1";
#endif

/// The loader's first function. It stays open for the life of the process: drivers keep threads of their own.
PFN_vkGetInstanceProcAddr open_loader() {
  std::string reasons;
  for (const char* name : kLoaderNames) {
    if (void* library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
      if (void* function = ::dlsym(library, "vkGetInstanceProcAddr")) {
        return reinterpret_cast<PFN_vkGetInstanceProcAddr>(function);
      }
    }
    const char* reason = ::dlerror();
    reasons += fmt::format("{}{}", reasons.empty() ? "" : "; ", reason == nullptr ? name : reason);
  }
  fail(ErrorKind::kUnsupported, "no Vulkan loader ({}): {}", kLoaderHint, reasons);
}

template <typename Function>
Function global_function(PFN_vkGetInstanceProcAddr get, VkInstance instance, const char* name) {
  return reinterpret_cast<Function>(get(instance, name));
}

bool has_extension(PFN_vkGetInstanceProcAddr get, const char* name) {
  const auto enumerate = global_function<PFN_vkEnumerateInstanceExtensionProperties>(
      get, VK_NULL_HANDLE, "vkEnumerateInstanceExtensionProperties");
  std::uint32_t count = 0;
  enumerate(nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> extensions(count);
  enumerate(nullptr, &count, extensions.data());
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](const VkExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
}

bool lists_validation_layer(PFN_vkGetInstanceProcAddr get) {
  const auto enumerate = global_function<PFN_vkEnumerateInstanceLayerProperties>(get, VK_NULL_HANDLE,
                                                                                 "vkEnumerateInstanceLayerProperties");
  std::uint32_t count = 0;
  enumerate(&count, nullptr);
  std::vector<VkLayerProperties> layers(count);
  enumerate(&count, layers.data());
  return std::any_of(layers.begin(), layers.end(),
                     [](const VkLayerProperties& l) { return std::strcmp(l.layerName, kValidationLayer) == 0; });
}

VKAPI_ATTR VkBool32 VKAPI_CALL pass_message(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                                            const VkDebugUtilsMessengerCallbackDataEXT* data, void* sink) {
  (*static_cast<const MessageSink*>(sink))(data->pMessage);
  return VK_FALSE;
}

VkInstance create_instance(PFN_vkGetInstanceProcAddr get, bool validation) {
  if (validation && !lists_validation_layer(get)) {
    fail(ErrorKind::kUnsupported, "the Vulkan loader has no layer {} (Debian: vulkan-validationlayers)",
         kValidationLayer);
  }
  std::vector<const char*> extensions;
  if (validation) extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
  // Drivers that translate to another interface (MoltenVK) are listed only to those that ask for them.
  const bool portability = has_extension(get, VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME);
  if (portability) extensions.push_back(VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME);
  const VkApplicationInfo application{
      .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .pApplicationName = "rbee", .apiVersion = VK_API_VERSION_1_1};
  const VkInstanceCreateInfo info{
      .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
      .flags = portability ? VkInstanceCreateFlags{VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR} : 0,
      .pApplicationInfo = &application,
      .enabledLayerCount = validation ? 1U : 0U,
      .ppEnabledLayerNames = &kValidationLayer,
      .enabledExtensionCount = static_cast<std::uint32_t>(extensions.size()),
      .ppEnabledExtensionNames = extensions.data()};
  VkInstance instance = VK_NULL_HANDLE;
  const VkResult result =
      global_function<PFN_vkCreateInstance>(get, VK_NULL_HANDLE, "vkCreateInstance")(&info, nullptr, &instance);
  if (result != VK_SUCCESS) {
    fail(ErrorKind::kUnsupported, "the Vulkan loader finds no driver: vkCreateInstance returned {}",
         result_name(result));
  }
  return instance;
}

}  // namespace

Instance::Instance(MessageSink messages) : messages_(std::move(messages)) {
  const PFN_vkGetInstanceProcAddr get = open_loader();
  instance_ = create_instance(get, messages_ != nullptr);
  api_ = InstanceApi::load(get, instance_);
  if (messages_) {
    destroy_messenger_ =
        global_function<PFN_vkDestroyDebugUtilsMessengerEXT>(get, instance_, "vkDestroyDebugUtilsMessengerEXT");
    const auto create =
        global_function<PFN_vkCreateDebugUtilsMessengerEXT>(get, instance_, "vkCreateDebugUtilsMessengerEXT");
    const VkDebugUtilsMessengerCreateInfoEXT info{
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverity =
            VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
        .pfnUserCallback = pass_message,
        .pUserData = &messages_};
    check(create(instance_, &info, nullptr, &messenger_), "creating the validation layer's messenger");
  }
  std::uint32_t count = kDevicesMax;
  devices_.resize(count);
  const VkResult found = api_.enumerate_physical_devices(instance_, &count, devices_.data());
  devices_.resize(found >= 0 ? count : 0);
}

Instance::~Instance() {
  if (messenger_ != VK_NULL_HANDLE) destroy_messenger_(instance_, messenger_, nullptr);
  if (instance_ != VK_NULL_HANDLE && api_.destroy_instance != nullptr) api_.destroy_instance(instance_, nullptr);
}

bool Instance::has_validation_layer() {
  return lists_validation_layer(open_loader());
}

}  // namespace rbee::engine::vulkan
