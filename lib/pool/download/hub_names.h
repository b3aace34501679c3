#pragma once
// Names and digests as a hub or a person gives them: hostile until one of these types holds them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rbee::pool::download {

/// "org/name": two parts, each a safe file name. Only parse() makes one.
class RepoName {
 public:
  static std::optional<RepoName> parse(std::string_view text);
  const std::string& text() const { return text_; }
  std::string name() const { return text_.substr(text_.find('/') + 1); }

 private:
  explicit RepoName(std::string_view text) : text_(text) {}
  std::string text_;
};

/// A commit: 40 lower-case hex digits. Only parse() makes one.
class CommitId {
 public:
  static std::optional<CommitId> parse(std::string_view text);
  const std::string& text() const { return text_; }

 private:
  explicit CommitId(std::string_view text) : text_(text) {}
  std::string text_;
};

/// A branch, tag or commit: letters, digits and ._-/ without "..". Only parse() makes one.
class Revision {
 public:
  static std::optional<Revision> parse(std::string_view text);
  const std::string& text() const { return text_; }

 private:
  explicit Revision(std::string_view text) : text_(text) {}
  std::string text_;
};

/// A file inside a repository: a relative path of plain, visible names. It cannot leave a folder, cannot be an option
/// of a command, and cannot hide. Only parse() makes one.
class RepoPath {
 public:
  static std::optional<RepoPath> parse(std::string_view text);
  const std::string& text() const { return text_; }
  /// The last part, as a path of its own.
  RepoPath name() const;

  friend bool operator==(const RepoPath&, const RepoPath&) = default;

 private:
  explicit RepoPath(std::string_view text) : text_(text) {}
  std::string text_;
};

/// True for what a hub may list although it is no RepoPath: hidden files such as .gitattributes. They are never taken.
bool is_hidden_path(std::string_view path);

/// What a file's content must hash to. Only the makers make one.
class FileDigest {
 public:
  enum class Algorithm : std::uint8_t {
    kSha256,   ///< of the content: files in large file storage
    kGitSha1,  ///< of "blob <size>\0" and the content: git's own object id
  };
  /// 64 or 40 lower-case hex digits.
  static std::optional<FileDigest> sha256(std::string_view hex);
  static std::optional<FileDigest> git_sha1(std::string_view hex);

  Algorithm algorithm() const { return algorithm_; }
  const std::string& hex() const { return hex_; }
  /// "sha256" or "git sha1".
  std::string_view name() const { return algorithm_ == Algorithm::kSha256 ? "sha256" : "git sha1"; }

  friend bool operator==(const FileDigest&, const FileDigest&) = default;

 private:
  FileDigest(Algorithm algorithm, std::string_view hex) : algorithm_(algorithm), hex_(hex) {}
  Algorithm algorithm_;
  std::string hex_;
};

/// What a person asked for: "tinyllama", "org/name", "org/name@v1.0", "org/name:file.gguf".
struct ModelReference {
  std::string id;                ///< of the catalog; empty where a repository is named
  std::optional<RepoName> repo;  ///< set where `id` is empty
  std::optional<Revision> revision;
  std::optional<RepoPath> file;  ///< a .gguf file
};

/// Throws Error{kBadRequest} that says which part is wrong.
ModelReference parse_model_reference(std::string_view text);

}  // namespace rbee::pool::download
