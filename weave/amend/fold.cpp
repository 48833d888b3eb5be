#include "fold.hpp"

#include "name.hpp"
#include "nearest.hpp"

#include <algorithm>

namespace amend {
namespace {

// [previous] twice in each of thirty definitions would double a chunk to a billion lines.
constexpr std::size_t longest_chunk = 100'000;

std::vector<line> lines_of(const chunk& c)
{
    std::vector<line> out;
    for (const auto& p : c.pieces)
        out.insert(out.end(), p->lines.begin(), p->lines.end());
    return out;
}

std::string count(std::size_t n)
{
    return n == 0 ? "nothing" : std::to_string(n) + " places";
}

}  // namespace

/// The application of one definition.
class fold::step {
public:
    step(fold& f, const definition& d, std::string_view name, std::size_t slot, history& past, report& errors)
        : fold_(f), definition_(d), name_(name), chunk_(f.touched(name)), slot_(slot), history_(past), errors_(errors),
          amendment_(parse(d, errors)), sound_(amendment_.sound)
    {}

    void run()
    {
        if (amendment_.what == verb::append)
            append();
        else if (amendment_.what == verb::rename)
            rename();
        else if (!chunk_.live())
            complain(amendment_.at,
                     "before any definition" + since_deleted() + "; define the chunk first, or mend the name" +
                         suggestion(name_, live_names()));
        else if (amendment_.what == verb::remove)
            remove();
        else if (is_edit(amendment_.what))
            edit_all();
        else
            replace();
        if (!sound_)
            doubt();
    }

private:
    using pieces = std::vector<std::shared_ptr<const piece>>;

    /// The chunks that this definition could be meant for.
    std::vector<std::string_view> live_names() const
    {
        std::vector<std::string_view> names;
        for (const fold* f = &fold_; f; f = f->base_)
            for (const auto& [name, chunk] : f->chunks_)
                if (chunk.live())
                    names.push_back(name);
        return names;
    }

    std::string since_deleted()
    {
        const auto& gone = chunk_.deleted;
        return gone ? " (deleted at " + std::string(gone->file) + ":" + std::to_string(gone->line) + ")"
                    : std::string{};
    }

    void append()
    {
        if (!sound_)
            return;
        if (chunk_.live())
            record_amended(chunk_.pieces.back()->at);
        chunk_.pieces.push_back(
            std::make_shared<const piece>(piece{definition_.entry, slot_, true, definition_.at, definition_.lines}));
        chunk_.deleted.reset();
    }

    void remove()
    {
        if (!sound_)
            return;
        record_end(chunk_.pieces);
        chunk_.pieces.clear();
        chunk_.deleted = amendment_.at;
    }

    void rename()
    {
        if (!sound_)
            return;
        const std::string_view from = amendment_.target;
        const chunk* const old = fold_.find(from);
        if (!old || !old->live())
            complain(amendment_.at, "[rename] of " + std::string(from) + ", which is not there; mend its name" +
                                        suggestion(from, live_names()));
        else if (chunk_.live())
            complain(amendment_.at, "[rename] to the name of another chunk; delete that one first");
        else if (!is_path(from) || !is_path(name_))
            complain(amendment_.at, "[rename] of what is no file; a chunk that others use keeps its name");
        if (!sound_)
            return;
        for (const auto& p : old->pieces)
            record_amended(p->at);
        chunk& gone = fold_.touched(from);
        chunk_.pieces.swap(gone.pieces);
        chunk_.deleted.reset();
        gone.deleted = amendment_.at;
    }

    void replace()
    {
        const auto target = to_replace();
        if (!target || !sound_)
            return;
        const auto [first, last] = *target;
        const pieces& all = chunk_.pieces;
        std::vector<line> old_lines;
        for (std::size_t i = first; i < last; ++i)
            old_lines.insert(old_lines.end(), all[i]->lines.begin(), all[i]->lines.end());
        auto body = replacing_body(old_lines);
        if (!body)
            return;
        record_end(std::span(all).subspan(first, last - first));
        pieces now(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first));
        now.push_back(std::make_shared<const piece>(
            piece{definition_.entry, all[first]->slot, false, definition_.at, std::move(*body)}));
        now.insert(now.end(), all.begin() + static_cast<std::ptrdiff_t>(last), all.end());
        chunk_.pieces = std::move(now);
    }

    // The pieces to be replaced, as a range of indices.
    std::optional<std::pair<std::size_t, std::size_t>> to_replace()
    {
        const pieces& all = chunk_.pieces;
        if (amendment_.what == verb::replace_entry)
            return pieces_of(amendment_.target);
        if (amendment_.what == verb::replace && all.size() > 1) {
            complain(amendment_.at,
                     "[replace] of " + std::to_string(all.size()) + " live pieces (from " + contributors() +
                         "); say <<[replace ENTRY]>> to replace that entry's piece, or <<[replace all]>>");
            return {};
        }
        return std::pair{std::size_t{0}, all.size()};
    }

    std::optional<std::pair<std::size_t, std::size_t>> pieces_of(std::string_view target)
    {
        const pieces& all = chunk_.pieces;
        const auto entry = contributor(target);
        if (!entry)
            return {};
        const auto is_its = [&](const auto& p) { return p->entry == *entry; };
        const auto first = std::find_if(all.begin(), all.end(), is_its);
        const auto last = std::find_if_not(first, all.end(), is_its);
        if (std::any_of(last, all.end(), is_its)) {
            complain(amendment_.at, "the pieces from " + std::string(entry_name(**first)) +
                                        " do not stand together; say <<[replace all]>> and write the whole chunk");
            return {};
        }
        return std::pair{static_cast<std::size_t>(first - all.begin()), static_cast<std::size_t>(last - all.begin())};
    }

    // The one entry with a live piece whose name is `target`, or else begins so.
    std::optional<std::size_t> contributor(std::string_view target)
    {
        std::set<std::size_t> meant;
        for (const auto& p : chunk_.pieces) {
            if (entry_name(*p) == target)
                return p->entry;
            if (!target.empty() && entry_name(*p).starts_with(target))
                meant.insert(p->entry);
        }
        if (meant.size() == 1)
            return *meant.begin();
        complain(amendment_.at, (meant.empty() ? "no live piece from " : "more than one entry begins with ") +
                                    std::string(target) + "; it has pieces from " + contributors());
        return {};
    }

    std::string contributors()
    {
        std::string names;
        for (const auto& p : chunk_.pieces)
            names += (names.empty() ? "" : ", ") + std::string(entry_name(*p));
        return names;
    }

    std::string_view entry_name(const piece& p) const { return fold_.journal_->entries[p.entry].name; }

    // The body with what it replaces in place of each [previous].
    std::optional<std::vector<line>> replacing_body(const std::vector<line>& old_lines)
    {
        std::vector<line> body;
        std::string_view kept;  // the chunk made for a [previous] that shares its line
        for (const line& l : amendment_.body) {
            if (is_previous(l)) {
                const std::vector<line> shifted =
                    reindented(old_lines, "", common_indent(std::span(&l, 1)), *fold_.made_);
                body.insert(body.end(), shifted.begin(), shifted.end());
            } else if (uses_previous(l)) {
                if (kept.empty())
                    kept = fold_.keep_superseded(old_lines);
                body.push_back(with_previous_named(l, kept));
            } else {
                body.push_back(l);
            }
            if (body.size() > longest_chunk) {
                complain(l.at, "over " + std::to_string(longest_chunk) + " lines; write [previous] once");
                return {};
            }
        }
        return body;
    }

    static bool uses_previous(const line& l)
    {
        return std::any_of(l.tokens.begin(), l.tokens.end(), is_use_of_previous);
    }

    static bool is_use_of_previous(const token& t) { return t.what == token::kind::use && t.text == previous; }

    line with_previous_named(const line& l, std::string_view name)
    {
        std::vector<token> tokens(l.tokens.begin(), l.tokens.end());
        for (token& t : tokens)
            if (is_use_of_previous(t))
                t.text = name;
        return {fold_.made_->keep(std::move(tokens)), l.at, l.indent};
    }

    void edit_all()
    {
        for (const edit& e : amendment_.edits)
            edit_one(e);
    }

    void edit_one(const edit& e)
    {
        const std::string verb(to_string(e.what));
        std::vector<std::pair<std::size_t, std::size_t>> places;  // piece, line
        const pieces& all = chunk_.pieces;
        for (std::size_t i = 0; i < all.size(); ++i)
            for (const std::size_t at : amend::find(all[i]->lines, e.old_lines))
                places.emplace_back(i, at);
        if (places.size() != 1) {
            const std::string hint = !places.empty() ? "add neighbouring lines until only one place matches"
                                     : spans_pieces(e.old_lines)
                                         ? "the lines are from two pieces of the chunk: use a verb for each"
                                         : "copy the lines as the chunk has them at this entry" + like(e.old_lines);
            complain(e.at, "[" + verb + "] matches " + count(places.size()) + ", not exactly one place: \"" +
                               first_text(e.old_lines) + "\"; " + hint);
        }
        if (!sound_)
            return;
        const auto [index, at] = places.front();
        splice(e, index, at);
    }

    bool spans_pieces(std::span<const line> wanted) { return !amend::find(lines_of(chunk_), wanted).empty(); }

    /// Where the first of the lines stands, if it were not for its blanks.
    std::string like(std::span<const line> wanted) const
    {
        const std::string text = without_blanks(first_text(wanted));
        for (const auto& piece : chunk_.pieces)
            for (const line& l : piece->lines)
                if (!text.empty() && without_blanks(to_string(l)) == text)
                    return "; the first is like " + std::string(l.at.file) + ":" + std::to_string(l.at.line);
        return {};
    }

    static std::string without_blanks(std::string text)
    {
        std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
        return text;
    }

    static std::string first_text(std::span<const line> lines)
    {
        const auto shown = std::find_if_not(lines.begin(), lines.end(), is_blank);
        if (shown == lines.end())
            return {};
        const std::string text = to_string(*shown);
        return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
    }

    void splice(const edit& e, std::size_t index, std::size_t at)
    {
        const piece& before = *chunk_.pieces[index];
        const std::span<const line> place = std::span(before.lines).subspan(at, e.old_lines.size());
        const std::vector<line> fresh =
            reindented(e.new_lines, common_indent(e.old_lines), common_indent(place), *fold_.made_);
        const std::size_t from = e.what == verb::after ? at + place.size() : at;
        const std::size_t gone = e.what == verb::change ? place.size() : 0;
        record_edit(e.at, place.first(gone), place);

        piece now = before;
        now.verbatim = false;
        const auto begin = now.lines.begin() + static_cast<std::ptrdiff_t>(from);
        const auto hole = now.lines.erase(begin, begin + static_cast<std::ptrdiff_t>(gone));
        now.lines.insert(hole, fresh.begin(), fresh.end());
        chunk_.pieces[index] = std::make_shared<const piece>(std::move(now));
    }

    // The definition ends these pieces, and what others wrote into them since; what they had taken over was ended by them.
    void record_end(std::span<const std::shared_ptr<const piece>> ended)
    {
        std::vector<line> old_lines;
        for (const auto& p : ended) {
            record_amended(p->at);
            for (const line& l : p->lines)
                if (p->at < l.at)
                    record_amended(l.at);
            old_lines.insert(old_lines.end(), p->lines.begin(), p->lines.end());
        }
        record_edit(amendment_.at, old_lines, {});
    }

    // `old_lines` go; the definition amends those who wrote `found`.
    void record_edit(location at, std::span<const line> old_lines, std::span<const line> found)
    {
        for (const line& l : found)
            record_amended(l.at);
        if (history_.wanted && !old_lines.empty())
            history_.edits.push_back({at, {old_lines.begin(), old_lines.end()}});
    }

    void record_amended(location by)
    {
        if (history_.wanted)
            history_.amended[slot_].push_back(by);
    }

    void complain(location at, std::string_view text)
    {
        sound_ = false;
        errors_.add(at, definition_.name, text);
    }

    // What an unsound definition meant to do to its chunk and to use is not to be complained of a second time.
    void doubt()
    {
        fold_.in_doubt_.insert(name_);
        for (const line& l : definition_.lines)
            for (const token& t : l.tokens)
                if (t.what == token::kind::use)
                    fold_.in_doubt_.insert(t.text);
    }

    fold& fold_;
    const definition& definition_;
    std::string_view name_;
    chunk& chunk_;
    std::size_t slot_;
    history& history_;
    report& errors_;
    amendment amendment_;
    bool sound_;
};

void fold::apply(const definition& d, std::string_view name, std::size_t slot, history& past, report& errors)
{
    step(*this, d, name, slot, past, errors).run();
}

fold fold::variant() const
{
    fold v(*journal_, *made_);
    v.base_ = this;
    return v;
}

fold fold::merged() const
{
    if (!base_)
        return *this;
    fold all = *base_;
    for (const auto& [name, chunk] : chunks_)
        all.chunks_.insert_or_assign(name, chunk);
    all.superseded_.insert(superseded_.begin(), superseded_.end());
    all.in_doubt_.insert(in_doubt_.begin(), in_doubt_.end());
    return all;
}

const chunk* fold::find(std::string_view name) const
{
    const auto found = chunks_.find(name);
    if (found != chunks_.end())
        return &found->second;
    return base_ ? base_->find(name) : nullptr;
}

const std::vector<line>* fold::find_superseded(std::string_view name) const
{
    const auto found = superseded_.find(name);
    if (found != superseded_.end())
        return &found->second;
    return base_ ? base_->find_superseded(name) : nullptr;
}

bool fold::is_in_doubt(std::string_view name) const
{
    return in_doubt_.contains(name) || (base_ && base_->is_in_doubt(name));
}

chunk& fold::touched(std::string_view name)
{
    const auto [place, is_new] = chunks_.try_emplace(name);
    if (is_new && base_) {
        if (const chunk* before = base_->find(name))
            place->second = *before;
    }
    return place->second;
}

// The name is as wide as `[previous]` is in the entry, so that what follows it on its line keeps its column.
std::string_view fold::keep_superseded(const std::vector<line>& lines)
{
    const std::size_t others = superseded_.size() + (base_ ? base_->superseded_.size() : 0);
    const std::string_view name = made_->keep(numbered_name(superseded_prefix, others + 1));
    superseded_.emplace(name, lines);
    return name;
}

}  // namespace amend
