#include "sshd_fixture.h"

#include <array>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child_process.h"
#include "base/error.h"
#include "base/file.h"

namespace rbee::e2e {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSystemPath = "/usr/local/bin:/usr/bin:/bin";
constexpr int kStartAttempts = 5;

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? "" : entry->pw_name;
}

std::string sshd_program() {
  for (const char* path : {"/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return "";
}

sockaddr_in socket_address(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &result.sin_addr);
  return result;
}

std::uint16_t free_port(const std::string& address) {
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name = socket_address(address, 0);
  socklen_t size = sizeof name;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), size) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0) {
    throw std::runtime_error("no free port on " + address);
  }
  return ntohs(name.sin_port);
}

bool accepts(const std::string& address, std::uint16_t port) {
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in name = socket_address(address, port);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
}

void make_key(const fs::path& path) {
  const ProgramResult made =
      run_program("/usr/bin/ssh-keygen", {"-q", "-t", "ed25519", "-N", "", "-f", path.string()}, {});
  if (made.code != 0) throw std::runtime_error("ssh-keygen: " + made.err);
}

void append(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

// The key without its comment, as known_hosts and authorized_keys take it.
std::string public_key(const fs::path& key) {
  const std::string text = read_file(key.string() + ".pub", 4096);
  return text.substr(0, text.find(' ', text.find(' ') + 1));
}

}  // namespace

SshPool::SshPool(Settings settings, const fs::path& folder, const fs::path& keys)
    : settings_(std::move(settings)), folder_(folder) {
  fs::create_directories(folder_ / "bin");
  fs::create_directories(rbee_home());
  if (!settings_.hive.empty()) fs::create_symlink(settings_.hive, folder_ / "bin" / "rbee-hive");
  for (int attempt = 0; attempt < kStartAttempts; ++attempt) {
    port_ = free_port(settings_.address);
    write_config(keys);
    if (start_server()) return;
    stop_server();
  }
  throw std::runtime_error("sshd does not start: " + read_file(folder_ / "sshd.log", 1 << 20));
}

SshPool::~SshPool() {
  if (!settings_.hive.empty()) {
    run_program(settings_.hive, {"worker", "stop-all", "--timeout", "1"},
                {std::string("PATH=") + kSystemPath, "RBEE_HOME=" + rbee_home().string()});
  }
  stop_server();
}

void SshPool::write_config(const fs::path& keys) const {
  std::ofstream config(folder_ / "sshd_config");
  config << "ListenAddress " << settings_.address << ":" << port_ << "\nHostKey " << (keys / "host_key").string()
         << "\nAuthorizedKeysFile " << (keys / "authorized_keys").string()
         << "\nPidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication yes\n"
            "KbdInteractiveAuthentication no\nUseDNS no\nMaxStartups 100\nMaxSessions 100\nPrintMotd no\n"
         << "SetEnv HOME=" << folder_.string() << " RBEE_HOME=" << rbee_home().string()
         << " PATH=" << (folder_ / "bin").string() << ":" << kSystemPath;
  if (!settings_.worker.empty()) config << " RBEE_WORKER=" << settings_.worker;
  config << "\n";
}

bool SshPool::start_server() {
  if (::geteuid() == 0) ::mkdir("/run/sshd", 0755);  // sshd wants its folder for privilege separation
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return false;
  const FileDescriptor read_end(pipe[0]);
  lifeline_ = FileDescriptor(pipe[1]);
  const fs::path log_path = folder_ / "sshd.log";
  const FileDescriptor log(::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  // The shell takes the server and all its connections along when this process ends in whatever way.
  const std::string script =
      "exec 3<&0; \"$1\" -D -e -f \"$2\" 3<&- & while read -r x <&3; do :; done; trap '' TERM; kill -TERM 0";
  server_ = start_process({"/bin/sh",
                           {"-c", script, "sshd", sshd_program(), (folder_ / "sshd_config").string()},
                           {std::string("PATH=") + kSystemPath},
                           read_end.get(),
                           log.get(),
                           log.get(),
                           ProcessSpec::Session::kNew});
  return eventually([this] {
           return accepts(settings_.address, port_) ||
                  read_file(folder_ / "sshd.log", 1 << 20).find("Cannot bind") != std::string::npos;
         }) &&
         accepts(settings_.address, port_);
}

void SshPool::stop_server() {
  lifeline_.close();
  if (server_.pid != 0) wait_child(server_.pid);
  server_ = {};
}

SshdFixture::SshdFixture(std::string keeper_program, std::string hive_program)
    : keeper_program_(std::move(keeper_program)), hive_program_(std::move(hive_program)) {
  fs::create_directories(home());
  make_key(key());
  make_key(folder_.path() / "host_key");
  append(folder_.path() / "authorized_keys", public_key(key()) + "\n");
}

SshdFixture::~SshdFixture() {
  disconnect();
}

void SshdFixture::take_down(SshPool& pool) {
  pool.stop_server();
  disconnect();
}

// rbee leaves its shared connections open for a minute; a session that sshd serves has no other end.
void SshdFixture::disconnect() const {
  const fs::path sockets = home() / "runtime" / "ssh";
  if (!fs::exists(sockets)) return;
  for (const fs::directory_entry& entry : fs::directory_iterator(sockets)) {
    if (!entry.is_socket()) continue;
    run_program("/usr/bin/ssh", {"-O", "exit", "-S", entry.path().string(), "any"}, environment());
  }
}

bool SshdFixture::is_possible() {
  return !sshd_program().empty() && !user_name().empty();
}

SshPool& SshdFixture::add_pool(const std::string& name, const std::string& address) {
  return add({name, address, hive_program_, ""});
}

SshPool& SshdFixture::add_bare_pool(const std::string& name, const std::string& address) {
  return add({name, address, "", ""});
}

SshPool& SshdFixture::add(SshPool::Settings settings) {
  pools_.push_back(std::make_unique<SshPool>(settings, folder_.path() / settings.name, folder_.path()));
  SshPool& pool = *pools_.back();
  append(folder_.path() / "known_hosts", "[" + pool.address() + "]:" + std::to_string(pool.port()) + " " +
                                             public_key(folder_.path() / "host_key") + "\n");
  add_alias(pool.name(), "  HostName " + pool.address() + "\n  Port " + std::to_string(pool.port()) +
                             "\n  IdentityFile " + key().string() + "\n");
  return pool;
}

void SshdFixture::add_alias(const std::string& name, const std::string& lines) {
  append(client_config(), "Host " + name + "\n" + lines + "  User " + user_name() +
                              "\n  IdentitiesOnly yes\n  IdentityAgent none\n  GlobalKnownHostsFile /dev/null\n"
                              "  StrictHostKeyChecking yes\n  UserKnownHostsFile " +
                              (folder_.path() / "known_hosts").string() + "\n");
}

std::vector<std::string> SshdFixture::environment() const {
  return {std::string("PATH=") + kSystemPath, "HOME=" + folder_.path().string(), "RBEE_HOME=" + home().string(),
          "RBEE_SSH_CONFIG=" + client_config().string()};
}

ProgramResult SshdFixture::keeper(const std::vector<std::string>& arguments,
                                  const std::function<bool(const ProgramResult&)>& interrupt_when) const {
  return run_program(keeper_program_, arguments, environment(), interrupt_when, SIGINT);
}

}  // namespace rbee::e2e
