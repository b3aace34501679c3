#pragma once
// Real SSH servers on this machine, for tests of programs that reach pools over ssh.
//
//   SshdFixture site;                          // keys, and ssh's client configuration
//   SshPool& a = site.add_pool("pool-a", "127.0.0.2");   // a server with its own HOME and RBEE_HOME
//   site.keeper({"pool", "status", "--host", "pool-a"});  // rbee, with the pools in its ssh configuration
//
// Servers run as the user who runs the test, on free ports, with keys made for this test. Workers of the pools, servers
// and files go with the object; servers also go when the test is killed.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/process_info.h"
#include "program_run.h"
#include "temporary_folder.h"

namespace rbee::e2e {

/// A machine of its own, as far as ssh and rbee can tell.
class SshPool {
 public:
  struct Settings {
    std::string name;     ///< its alias for ssh
    std::string address;  ///< of 127.0.0.0/8
    std::string hive;     ///< put into the pool's PATH as rbee-hive; empty: it has none
    std::string worker;   ///< the worker program; empty: the one that rbee-hive finds
  };
  /// `keys` holds host_key and authorized_keys.
  SshPool(Settings settings, const std::filesystem::path& folder, const std::filesystem::path& keys);
  ~SshPool();
  SshPool(const SshPool&) = delete;
  SshPool& operator=(const SshPool&) = delete;

  const std::string& name() const { return settings_.name; }
  const std::string& address() const { return settings_.address; }
  std::uint16_t port() const { return port_; }
  std::filesystem::path user_home() const { return folder_; }
  std::filesystem::path rbee_home() const { return folder_ / ".rbee"; }

 private:
  friend class SshdFixture;
  void stop_server();
  void write_config(const std::filesystem::path& keys) const;
  bool start_server();

  const Settings settings_;
  const std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  ProcessIdentity server_;
  FileDescriptor lifeline_;  ///< the server ends when this closes
};

class SshdFixture {
 public:
  /// Throws Error where keys cannot be made: no ssh-keygen, a full disk.
  SshdFixture(std::string keeper_program, std::string hive_program);
  ~SshdFixture();
  SshdFixture(const SshdFixture&) = delete;
  SshdFixture& operator=(const SshdFixture&) = delete;

  /// True where this machine has an sshd and a user whom it lets in.
  static bool is_possible();

  /// Starts a server; the reference lives as long as this object.
  SshPool& add_pool(const std::string& name, const std::string& address);
  /// One without rbee-hive.
  SshPool& add_bare_pool(const std::string& name, const std::string& address);
  /// Ends its server and the operator's connections; from then on nothing listens there.
  void take_down(SshPool& pool);
  /// One more alias in the client's configuration, with these lines below "Host NAME".
  void add_alias(const std::string& name, const std::string& lines);

  /// Runs rbee as the operator.
  ProgramResult keeper(const std::vector<std::string>& arguments,
                       const std::function<bool(const ProgramResult&)>& interrupt_when = {}) const;
  /// The operator's environment: PATH, HOME, RBEE_HOME, RBEE_SSH_CONFIG.
  std::vector<std::string> environment() const;
  /// The operator's RBEE_HOME.
  std::filesystem::path home() const { return folder_.path() / "op"; }
  std::filesystem::path client_config() const { return folder_.path() / "config"; }
  std::filesystem::path key() const { return folder_.path() / "key"; }

 private:
  SshPool& add(SshPool::Settings settings);
  void disconnect() const;

  const std::string keeper_program_, hive_program_;
  TemporaryFolder folder_;
  std::vector<std::unique_ptr<SshPool>> pools_;
};

}  // namespace rbee::e2e
