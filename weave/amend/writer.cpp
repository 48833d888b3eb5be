#include "writer.hpp"

#include "name.hpp"
#include "text.hpp"

#include <utility>

namespace amend {
namespace {

/// A live piece and the chunk it belongs to.
struct placed {
    std::string_view name;
    const piece* what = nullptr;
};

class writer {
public:
    writer(const journal& j, const fold& f, bool mark_directives)
        : journal_(j), fold_(f), mark_directives_(mark_directives), in_stream_(j.definitions.size())
    {
        for (const auto& [name, chunk] : f.chunks()) {
            for (const auto& p : chunk.pieces) {
                if (f.has_place_in_stream(*p))
                    in_stream_[p->slot] = {name, p.get()};
                else
                    behind_.push_back({name, p.get()});
            }
        }
    }

    std::string run()
    {
        std::size_t size = 0;
        for (const item& i : journal_.items)
            size += i.raw.size();
        out_.reserve(size + size / 4);
        for (const item& i : journal_.items) {
            if (i.definition == item::prose)
                pass(i.raw);
            else
                write_slot(journal_.definitions[i.definition], in_stream_[i.definition]);
        }
        if (!astray_)
            here_ = {};
        for (const placed& p : behind_)
            write_piece(p, next_number());
        for (const auto& [name, lines] : fold_.superseded())
            write_made(name, lines);
        for (std::size_t i = 0; i < indented_.size(); ++i)  // the lines above may have added to it
            write_made(numbered_name(indented_prefix, i + 1), indented_[i]);
        return std::move(out_);
    }

private:
    void pass(std::string_view raw)
    {
        resume();
        out_ += raw;
    }

    void write_slot(const definition& d, const placed& p)
    {
        if (p.what && p.what->verbatim && p.name == d.name) {
            resume();
            out_.append(d.raw.substr(0, d.defn)).append(star(p.name)).append(d.raw.substr(d.defn));
            return;
        }
        if (!astray_)
            here_ = d.at;
        if (p.what)
            write_piece(p, d.number);
        astray_ = true;
        expected_ = d.end;
    }

    // nt counts lines from token to token; behind a change of the stream it has to be told where it is.
    void resume()
    {
        if (astray_)
            go_to(expected_);
        astray_ = false;
    }

    std::string_view star(std::string_view name) const
    {
        return mark_directives_ && is_path(name) && has_line_directives(name) ? "*" : "";
    }

    std::string next_number() { return std::to_string(journal_.definitions.size() + made_++); }

    void write_piece(const placed& p, std::string_view number)
    {
        go_to(p.what->at);
        open_chunk(std::string(p.name).append(star(p.name)), number);
        write_lines(p.what->lines);
        close_chunk(number);
    }

    // A chunk that no entry defines: what a [previous] stands for, or lines to be indented as one.
    void write_made(std::string_view name, std::span<const line> lines)
    {
        const std::string number = next_number();
        if (!lines.empty())
            go_to({lines.front().at.file, lines.front().at.line - 1});
        open_chunk(name, number);
        if (name.starts_with(indented_prefix))
            for (const line& l : lines)
                write_line(l);
        else
            write_lines(lines);
        close_chunk(number);
    }

    void open_chunk(std::string_view name, std::string_view number)
    {
        out_.append("@begin code ").append(number).append("\n@defn ").append(name);
        end_line();
    }

    void close_chunk(std::string_view number) { out_.append("@end code ").append(number).append("\n"); }

    void write_lines(std::span<const line> lines)
    {
        while (!lines.empty()) {
            const std::size_t count = indented_alike(lines);
            if (count == 0)
                write_line(lines.front());
            else
                write_indented(lines.first(count));
            lines = lines.subspan(count == 0 ? 1 : count);
        }
    }

    // How many lines share the first one's added indent, blank lines between them included.
    static std::size_t indented_alike(std::span<const line> lines)
    {
        const std::string_view indent = lines.front().indent;
        std::size_t count = 0;
        for (std::size_t i = 0; !indent.empty() && i < lines.size(); ++i) {
            if (lines[i].indent == indent)
                count = i + 1;
            else if (!is_blank(lines[i]))
                break;
        }
        return count;
    }

    // As a chunk of their own behind the indent, lines keep the columns they have in the journal wherever line
    // directives are written, and get their indent wherever they are not: noweb's own rule for the lines of any chunk.
    void write_indented(std::span<const line> lines)
    {
        indented_.push_back(lines);
        const std::string name = numbered_name(indented_prefix, indented_.size());
        out_.append("@text ").append(lines.front().indent).append("\n@use ").append(name).append("\n@text ");
        end_line();
    }

    void write_line(const line& l)
    {
        go_to(l.at);
        for (const token& t : l.tokens)
            out_.append(t.what == token::kind::text ? "@text " : "@use ").append(t.text).append("\n");
        out_.append("@nl\n");
        ++here_.line;
    }

    void end_line()
    {
        out_.append("\n@nl\n");
        ++here_.line;
    }

    // nt lowers the number of an @line by one.
    void go_to(location at)
    {
        if (here_.file != at.file) {
            out_.append("@file ").append(at.file).append("\n");
            here_ = {at.file, 1};
        }
        if (here_.line != at.line)
            out_.append("@line ").append(std::to_string(at.line + 1)).append("\n");
        here_ = at;
    }

    const journal& journal_;
    const fold& fold_;
    bool mark_directives_;
    std::vector<placed> in_stream_;                // by definition
    std::vector<placed> behind_;                   // of an exhibit
    std::vector<std::span<const line>> indented_;  // views of the fold's lines
    std::size_t made_ = 0;
    bool astray_ = false;  // nt's count is here_, not what the next token of the journal takes for granted, expected_
    location here_;
    location expected_;
    std::string out_;
};

}  // namespace

std::string write(const journal& j, const fold& f, bool mark_directives)
{
    return writer(j, f, mark_directives).run();
}

}  // namespace amend
