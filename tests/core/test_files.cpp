#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/core/file_lock.hpp"
#include "tanuki/core/mapped_file.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_files {

using namespace tanuki;
using Catch::Matchers::Contains;
using tanuki::test::ScratchFolder;

TEST_CASE("a mapped file is the file's bytes") {
  ScratchFolder folder;
  const std::string path = folder / "file";
  test::write_bytes(path, std::string("ab\0c", 4));
  const MappedFile file(path);
  REQUIRE(file.path() == path);
  REQUIRE(file.bytes().size() == 4);
  REQUIRE(file.bytes()[3] == std::byte('c'));

  test::write_bytes(path, "");
  REQUIRE(MappedFile(path).bytes().empty());
}

TEST_CASE("a file that cannot be mapped is refused by name") {
  ScratchFolder folder;
  REQUIRE_THROWS_WITH(MappedFile(folder / "missing"), Contains("missing") && Contains("cannot open"));
  REQUIRE_THROWS_WITH(MappedFile(folder.path().string()), Contains("no regular file"));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  REQUIRE_THROWS_WITH(MappedFile(folder / "pipe"), Contains("no regular file"));  // and does not block
}

TEST_CASE("an atomic file appears whole at commit, and leaves nothing behind otherwise") {
  ScratchFolder folder;
  const std::string path = folder / "file";
  const auto count = [&] {
    return std::distance(std::filesystem::directory_iterator(folder.path()),
                         std::filesystem::directory_iterator());
  };
  test::write_bytes(path, "old");
  {
    AtomicFile file(path);
    file.write("new");
    REQUIRE(test::read_bytes(path) == "old");
    REQUIRE(count() == 2);
  }
  REQUIRE(test::read_bytes(path) == "old");
  REQUIRE(count() == 1);

  const MappedFile mapped(path);  // what is mapped outlives its name
  AtomicFile file(path);
  file.write("ne");
  file.write("wer");
  file.commit();
  REQUIRE(test::read_bytes(path) == "newer");
  REQUIRE(mapped.bytes().size() == 3);
  REQUIRE(mapped.bytes()[0] == std::byte('o'));
  REQUIRE(count() == 1);
}

TEST_CASE("an atomic file that cannot be written is refused by name") {
  ScratchFolder folder;
  REQUIRE_THROWS_WITH(AtomicFile(folder / "nowhere/file"), Contains("nowhere/file"));
  std::filesystem::create_directory(folder / "taken");
  REQUIRE_THROWS_WITH(AtomicFile(folder / "taken"), Contains("taken") && Contains("a folder"));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  REQUIRE_THROWS_WITH(AtomicFile(folder / "pipe"), Contains("pipe") && Contains("no regular file"));
  std::filesystem::create_symlink(folder / "pipe", folder / "to_pipe");
  REQUIRE_THROWS_WITH(AtomicFile(folder / "to_pipe"), Contains("no regular file"));
  std::filesystem::create_symlink("circle", folder / "circle");
  REQUIRE_THROWS_WITH(AtomicFile(folder / "circle"), Contains("circle") && Contains("links"));
}

TEST_CASE("an atomic file follows links, to what is there and to what is not yet") {
  ScratchFolder folder;
  std::filesystem::create_directory(folder / "else");
  test::write_bytes(folder / "else/old", "old");
  std::filesystem::create_symlink("else/old", folder / "link");
  std::filesystem::create_symlink("link", folder / "link2");
  std::filesystem::create_symlink(folder / "else/new", folder / "link3");
  for (const char* name : {"link2", "link3"}) {
    AtomicFile file(folder / name);
    file.write("new");
    file.commit();
    REQUIRE(std::filesystem::is_symlink(folder / name));
  }
  REQUIRE(test::read_bytes(folder / "else/old") == "new");
  REQUIRE(test::read_bytes(folder / "else/new") == "new");
}

TEST_CASE("what a killed process left of a file is removed, and nothing else") {
  ScratchFolder folder;
  const auto names = [&] {
    std::set<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      all.insert(entry.path().filename().string());
    return all;
  };
  const auto killed = [&](const std::string& path) {  // in the middle of writing
    const pid_t child = ::fork();
    if (child == 0) {
      AtomicFile file(path);
      file.write("half");
      ::_exit(0);
    }
    REQUIRE(child > 0);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
  };
  for (const std::string& name : {std::string("kept"), std::string(240, 'x'), std::string("with 1.2.tmp")}) {
    CAPTURE(name);
    const AtomicFile under_way(folder / name);
    const AtomicFile other(folder / ("other" + name.substr(0, 4)));
    const auto alive = names();
    REQUIRE(alive.size() == 2);
    killed(folder / name);
    killed(folder / name);
    const auto left = names();
    CHECK(left.size() == 4);
    for (const auto& one : left) CHECK(one.size() <= 255);
    std::string elsewhere =
        *std::find_if(left.begin(), left.end(), [&](auto& one) { return !alive.contains(one); });
    const std::size_t dot = elsewhere.rfind('.', elsewhere.rfind('.', elsewhere.rfind('.') - 1) - 1);
    elsewhere[dot - 1] = elsewhere[dot - 1] == 'a' ? 'b' : 'a';
    test::write_bytes(folder / elsewhere, "half");  // of another machine, where its process may be alive
    remove_stale_files(folder / name);
    auto expected = alive;
    expected.insert(elsewhere);
    CHECK(names() == expected);
    std::filesystem::remove(folder / elsewhere);
  }
}

TEST_CASE("what a killed process left is looked for where a link leads") {
  ScratchFolder folder;
  std::filesystem::create_directory(folder / "else");
  std::filesystem::create_symlink("else/file", folder / "link");
  const pid_t child = ::fork();
  if (child == 0) {
    AtomicFile file(folder / "link");
    ::_exit(0);
  }
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK_FALSE(std::filesystem::is_empty(folder / "else"));
  remove_stale_files(folder / "link");
  CHECK(std::filesystem::is_empty(folder / "else"));
}

TEST_CASE("a lock keeps another process out until it ends") {
  ScratchFolder folder;
  const std::string path = folder / "run";
  int told[2];
  REQUIRE(::pipe(told) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const FileLock lock(path);
    if (::write(told[1], "x", 1) != 1) ::_exit(1);
    ::pause();
  }
  ::close(told[1]);
  char locked;
  REQUIRE(::read(told[0], &locked, 1) == 1);
  CHECK_THROWS_WITH(FileLock(path), Contains("'" + path + "' is in use by another program (process " +
                                             std::to_string(child) + ")"));
  REQUIRE(::kill(child, SIGKILL) == 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  { const FileLock lock(path), same_process(path); }
  CHECK(!std::filesystem::exists(path + ".lock"));
  CHECK_NOTHROW(FileLock(folder / "missing/run"));  // who writes there says what is wrong
  ::close(told[0]);
}

TEST_CASE("a file that the disk has no room for is refused before anything is written") {
  const test::ScratchFolder folder;
  const std::string path = folder / "large";
  AtomicFile file(path);
  CHECK_NOTHROW(file.expect(1));
  CHECK_THROWS_WITH(file.expect(~std::uint64_t{0}), Catch::Contains(path) &&
                                                        Catch::Contains("No space left on device") &&
                                                        Catch::Contains("18446744073709551615 bytes"));
}

}  // namespace test_files
