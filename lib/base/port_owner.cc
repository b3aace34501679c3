#include "base/port_owner.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#if defined(__linux__)
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#elif defined(__APPLE__)
#include <vector>

#include <libproc.h>
#include <sys/proc_info.h>
#endif

namespace rbee {

#if defined(__linux__)

namespace {

namespace fs = std::filesystem;

// The inode of the listening socket on `port`; 0 when there is none. The file's columns: Linux, proc_net_tcp.rst.
std::uint64_t listener_inode(const char* table, const std::string& address, std::uint16_t port) {
  constexpr std::string_view kListen = "0A", kEverywhere = "00000000";
  std::ifstream in(table);
  std::string line;
  std::getline(in, line);  // the heading
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmits, user, timeout;
    std::uint64_t inode = 0;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
    const std::size_t colon = local.rfind(':');
    if (state != kListen || colon == std::string::npos) continue;
    if (std::strtoul(local.c_str() + colon + 1, nullptr, 16) != port) continue;
    const std::string at = local.substr(0, colon);
    if (address.empty() || at == address || at == kEverywhere) return inode;
  }
  return 0;
}

bool holds_socket(const fs::path& process, const std::string& socket) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(process / "fd", error)) {
    if (fs::read_symlink(entry.path(), error) == socket) return true;
  }
  return false;
}

}  // namespace

std::optional<PortOwner> port_owner(const std::string& address, std::uint16_t port) {
  in_addr v4{};
  std::string hex;  // the table's form; empty: any
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1 && v4.s_addr != 0) hex = fmt::format("{:08X}", v4.s_addr);
  std::uint64_t inode = listener_inode("/proc/net/tcp", hex, port);
  if (inode == 0) inode = listener_inode("/proc/net/tcp6", "", port);
  if (inode == 0) return std::nullopt;
  const std::string socket = "socket:[" + std::to_string(inode) + "]";
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const int pid = static_cast<int>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    if (pid <= 0 || !holds_socket(entry.path(), socket)) continue;
    std::ifstream in(entry.path() / "comm");
    PortOwner owner{pid, ""};
    std::getline(in, owner.name);
    return owner;
  }
  return PortOwner{};
}

#elif defined(__APPLE__)  // not tested on a Mac

namespace {

constexpr std::size_t kProcessesMax = 65536, kFilesMax = 16384;

bool listens(const socket_fdinfo& socket, in_addr_t address, std::uint16_t port) {
  if (socket.psi.soi_kind != SOCKINFO_TCP) return false;
  const tcp_sockinfo& tcp = socket.psi.soi_proto.pri_tcp;
  if (tcp.tcpsi_state != TSI_S_LISTEN || tcp.tcpsi_ini.insi_lport != htons(port)) return false;
  if (tcp.tcpsi_ini.insi_vflag != INI_IPV4) return true;
  const in_addr_t at = tcp.tcpsi_ini.insi_laddr.ina_46.i46a_addr4.s_addr;
  return address == 0 || at == 0 || at == address;
}

bool holds_listener(int pid, in_addr_t address, std::uint16_t port) {
  std::vector<proc_fdinfo> files(kFilesMax);
  const int bytes =
      ::proc_pidinfo(pid, PROC_PIDLISTFDS, 0, files.data(), static_cast<int>(kFilesMax * sizeof files[0]));
  files.resize(bytes > 0 ? static_cast<std::size_t>(bytes) / sizeof files[0] : 0);
  for (const proc_fdinfo& file : files) {
    socket_fdinfo socket{};
    if (file.proc_fdtype == PROX_FDTYPE_SOCKET &&
        ::proc_pidfdinfo(pid, file.proc_fd, PROC_PIDFDSOCKETINFO, &socket, sizeof socket) == sizeof socket &&
        listens(socket, address, port)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<PortOwner> port_owner(const std::string& address, std::uint16_t port) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) != 1) v4.s_addr = 0;
  std::vector<pid_t> pids(kProcessesMax);
  const int bytes = ::proc_listpids(PROC_ALL_PIDS, 0, pids.data(), static_cast<int>(kProcessesMax * sizeof pids[0]));
  pids.resize(bytes > 0 ? static_cast<std::size_t>(bytes) / sizeof pids[0] : 0);
  for (const pid_t pid : pids) {
    if (pid <= 0 || !holds_listener(pid, v4.s_addr, port)) continue;
    char name[2 * MAXCOMLEN + 1] = "";
    ::proc_name(pid, name, sizeof name);
    return PortOwner{pid, name};
  }
  return std::nullopt;
}

#else

std::optional<PortOwner> port_owner(const std::string&, std::uint16_t) {
  return std::nullopt;
}

#endif

}  // namespace rbee
