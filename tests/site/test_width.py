"""No page scrolls sideways, down to a phone of 320 pixels."""

import html
import json
import shutil
from pathlib import Path

from browser import dom_after_load, served
from woven import Site

WIDTHS = (320, 375, 768, 1280)

# Every page in frames as wide as each screen; what is measured is what would have to be scrolled.
FRAMES = """<!DOCTYPE html><title>widths</title>
<body><pre id="widths"></pre>%s<script>
addEventListener('load', () => {
  const widths = [];
  for (const frame of document.querySelectorAll('iframe')) {
    const needed = frame.contentDocument.documentElement.scrollWidth;
    widths.push([frame.getAttribute('src'), Number(frame.width), needed]);
  }
  document.getElementById('widths').textContent = JSON.stringify(widths);
});
</script>"""


def test_no_sideways_scroll(site: Site, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site.root, copy)
    cases = [(page, width) for page in site.pages for width in WIDTHS]
    frames = [f'<iframe src="{page}" width="{width}" height="600"></iframe>' for page, width in cases]
    (copy / "widths.html").write_text(FRAMES % "".join(frames))
    with served(copy) as address:
        dom = dom_after_load(address + "widths.html")
    widths = json.loads(html.unescape(dom.split('<pre id="widths">')[1].split("</pre>")[0]))
    assert [(page, width) for page, width, _ in widths] == cases
    assert [case for case in widths if case[2] > case[1]] == []
