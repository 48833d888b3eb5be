// The left fold: what the definitions read so far make of every chunk.
#pragma once

#include "history.hpp"
#include "journal.hpp"
#include "report.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace amend {

/// What one definition contributed to a chunk, as amended since.
struct piece {
    std::size_t entry;
    std::size_t slot;  ///< its place in the output: that of the definition with this index, or, from the number of
                       ///< definitions on, behind all of them (an exhibit's)
    bool verbatim;     ///< still word for word the definition of its slot
    location at;       ///< of the `<<name>>=` that wrote it
    std::vector<line> lines;
};

struct chunk {
    std::vector<std::shared_ptr<const piece>> pieces;  ///< shared with earlier states: replaced, never changed
    std::optional<location> deleted;                   ///< by whom, if it is gone

    [[nodiscard]] bool live() const { return !pieces.empty(); }
};

class fold {
public:
    fold(const journal& j, workshop& made) : journal_(&j), made_(&made) {}

    /// A fold that goes on from this one on the side and holds only the chunks that it touches. It is good as long as
    /// this one does not change.
    [[nodiscard]] fold variant() const;
    /// A variant and what it goes on from, as one fold.
    [[nodiscard]] fold merged() const;

    /// Applies a definition to the chunk `name`, which for an exhibit's is not the definition's own. `slot` is the
    /// place that a new piece takes in the output. What cannot be applied leaves the chunk as it was and adds an error.
    void apply(const definition&, std::string_view name, std::size_t slot, history&, report& errors);

    /// The chunks that were ever named; of a variant, those that it touched.
    [[nodiscard]] const std::map<std::string_view, chunk>& chunks() const { return chunks_; }
    /// The chunk `name`, live or not; nothing if it was never named.
    [[nodiscard]] const chunk* find(std::string_view name) const;
    /// Whether the piece stands at the place of a definition, and not behind them all.
    [[nodiscard]] bool has_place_in_stream(const piece& p) const { return p.slot < journal_->definitions.size(); }
    /// Chunks that amend itself needs: what a `[previous]` in the middle of a line stands for. Of a variant, its own.
    [[nodiscard]] const std::map<std::string_view, std::vector<line>>& superseded() const { return superseded_; }
    /// The lines of such a chunk.
    [[nodiscard]] const std::vector<line>* find_superseded(std::string_view name) const;
    /// Chunks that an unsound definition would have changed or used: nothing can be said about their uses. Of a
    /// variant, those of its own definitions.
    [[nodiscard]] const std::set<std::string_view>& in_doubt() const { return in_doubt_; }
    /// Whether the chunk is one of those, of the base's too.
    [[nodiscard]] bool is_in_doubt(std::string_view name) const;

private:
    class step;

    chunk& touched(std::string_view name);
    std::string_view keep_superseded(const std::vector<line>&);

    const journal* journal_;
    workshop* made_;
    const fold* base_ = nullptr;  // of a variant
    std::map<std::string_view, chunk> chunks_;
    std::map<std::string_view, std::vector<line>> superseded_;
    std::set<std::string_view> in_doubt_;
};

}  // namespace amend
