// What a chunk's name says: a verb, an exhibit, a file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace amend {

/// `[…]`: a verb, or a name that amend gives to a chunk of its own.
[[nodiscard]] bool is_reserved(std::string_view name);

/// How amend names the chunks that it makes begin, up to a number.
inline constexpr std::string_view superseded_prefix = "[was ";
inline constexpr std::string_view indented_prefix = "[new ";

/// Such a name: four digits make `[was 0001]` as wide as `[previous]`.
[[nodiscard]] std::string numbered_name(std::string_view prefix, std::size_t number);

/// The name that the journal uses: `[previous]` for what amend calls a superseded chunk.
[[nodiscard]] std::string_view shown_name(std::string_view name);

/// A chunk's name taken apart: `CHUNK [exhibit NAME]`, `CHUNK [exhibit NAME before]`, or CHUNK alone.
struct exhibit_name {
    std::string_view chunk;
    std::optional<std::string_view> exhibit;
    bool before = false;  ///< tried on the kernel as it was before the entry
};

[[nodiscard]] exhibit_name split_exhibit(std::string_view name);

/// Whether an exhibit may bear this name.
[[nodiscard]] bool is_exhibit_name(std::string_view name);

/// A chunk that looks like a path is a root: it is written to that file.
[[nodiscard]] bool is_path(std::string_view name);

/// What keeps the path of a root from being written to; nothing when it is fine.
[[nodiscard]] std::optional<std::string> path_defect(std::string_view path);

/// The language of this file, as the website colours it; nothing for others.
[[nodiscard]] std::string_view language_of(std::string_view path);

/// Whether the language of this file knows line directives.
[[nodiscard]] bool has_line_directives(std::string_view path);

}  // namespace amend
