"""The renderers of mrkdwn and Markdown, run in the browser they are for."""

import pytest

from tests.page.conftest import Desk, message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RENDER = """
async ([module, name, texts]) => {
  const renderer = (await import(`/page/text/${module}.js`))[name];
  const users = { U0WEI: { name: "Li Wei", me: false } };
  const names = {
    user: (id) => users[id] ?? null,
    channel: (id) => (id === "C0TUNING" ? "tuning" : null),
  };
  const plain = (node) => {
    for (const element of node.querySelectorAll("*")) {
      for (const { name } of [...element.attributes]) {
        if (name !== "href") element.removeAttribute(name);
      }
    }
    return node.innerHTML;
  };
  return texts.map((text) => {
    const host = document.createElement("div");
    host.append(renderer(text, names));
    return plain(host);
  });
}
"""

MRKDWN = {
    "*bold* _it_ ~gone~ `code`": "<strong>bold</strong> <em>it</em> <s>gone</s> <code>code</code>",
    "*_both_*": "<strong><em>both</em></strong>",
    "2*3*4 snake_case_name a * b *": "2*3*4 snake_case_name a * b *",
    "*제목* *굵게*는": "<strong>제목</strong> *굵게*는",
    "`*no*` &lt;b&gt; &amp;amp;": "<code>*no*</code> &lt;b&gt; &amp;amp;",
    "```\na < *b*\n  c\n```\nafter": "<pre><code>a &lt; *b*\n  c</code></pre>after",
    "one\ntwo": "one<br>two",
    "&gt; quoted\n&gt; more\nplain": "<blockquote>quoted<br>more</blockquote>plain",
    "• one\n• *two*": (
        "<div><span>•</span><span>one</span></div>"
        "<div><span>•</span><span><strong>two</strong></span></div>"
    ),
    "<@U0WEI> <#C0TUNING> <!here>": (
        '<span>@Li Wei</span> <a href="#/C0TUNING">#tuning</a> <span>@here</span>'
    ),
    "<https://a.example/?x=1&amp;y=2|site>": '<a href="https://a.example/?x=1&amp;y=2">site</a>',
    "see https://a.example/b.": 'see <a href="https://a.example/b">https://a.example/b</a>.',
    ":rocket: :nonsense: 12:30:45": "<span>🚀</span> :nonsense: 12:30:45",
    "<javascript:alert(1)|click>": "<span>click</span>",
    "<b>not html</b>": "&lt;b&gt;not html&lt;/b&gt;",
    "<!date^1^{unknown}|then>": "<time>then</time>",
    "&lt;@U0WEI&gt; &lt;!channel&gt; &amp;lt;": "&lt;@U0WEI&gt; &lt;!channel&gt; &amp;lt;",
    "`a &lt; b &amp;&amp; c`": "<code>a &lt; b &amp;&amp; c</code>",
    "```a &lt; b &amp;amp;```": "<pre><code>a &lt; b &amp;amp;</code></pre>",
    "&lt;https://a.example/x&gt;": (
        '&lt;<a href="https://a.example/x">https://a.example/x</a>&gt;'
    ),
    "https://a.example/?x=1&amp;y=2": (
        '<a href="https://a.example/?x=1&amp;y=2">https://a.example/?x=1&amp;y=2</a>'
    ),
}
MARKDOWN = {
    "# One\n## Two": "<h3>One</h3><h4>Two</h4>",
    "**b** *i* ***bi*** ~~s~~ __b__": (
        "<p><strong>b</strong> <em>i</em> <em><strong>bi</strong></em> <s>s</s> "
        "<strong>b</strong></p>"
    ),
    "snake_case_name 2*3*4 \\*x\\*": "<p>snake_case_name 2<em>3</em>4 *x*</p>",
    "**열기**는 **가능**": "<p><strong>열기</strong>는 <strong>가능</strong></p>",
    "**open": "<p>**open</p>",
    "- a\n- b\n  - c\n\n1. x\n2. y": (
        "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><ol><li>x</li><li>y</li></ol>"
    ),
    "- [x] done\n- [ ] open": "<ul><li><span>☑︎</span>done</li><li><span>☐</span>open</li></ul>",
    "```py\nx < 1\n```": "<pre><code>x &lt; 1</code></pre>",
    "```\nstill open": "<pre><code>still open</code></pre>",
    "> a\n> b": "<blockquote><p>a<br>b</p></blockquote>",
    "| a | b |\n|--|:-:|\n| 1 | `x|y` \\| z |": (
        "<div><table><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td>1</td><td>`x</td></tr></tbody></table></div>"
    ),
    "---": "<hr>",
    "[t](https://a.example/x_(y)) ![alt](https://a.example/p.png)": (
        '<p><a href="https://a.example/x_(y)">t</a> <a href="https://a.example/p.png">alt</a></p>'
    ),
    "[x](javascript:alert(1))": "<p><span>x</span></p>",
    "<img src=x onerror=alert(1)>": "<p>&lt;img src=x onerror=alert(1)&gt;</p>",
    "`a **b**` ``c`d``": "<p><code>a **b**</code> <code>c`d</code></p>",
    "text\n- list": "<p>text</p><ul><li>list</li></ul>",
    "<@U0WEI>": "<p><span>@Li Wei</span></p>",
    "&lt;@U0WEI&gt; &lt;!here&gt; &amp;lt; &": (
        "<p>&lt;@U0WEI&gt; &lt;!here&gt; &amp;lt; &amp;</p>"
    ),
    "&gt; no quote &#42;": "<p>&gt; no quote &amp;#42;</p>",
    "`a &lt; b &amp;&amp; <@U0WEI>`": "<p><code>a &lt; b &amp;&amp; &lt;@U0WEI&gt;</code></p>",
    "```\na &lt; b &amp;amp; <!here>\n```": (
        "<pre><code>a &lt; b &amp;amp; &lt;!here&gt;</code></pre>"
    ),
    "[a &amp; b](https://a.example/?x=1&amp;y=2)": (
        '<p><a href="https://a.example/?x=1&amp;amp;y=2">a &amp; b</a></p>'
    ),
    "[t](https://a.example/?x=1&y=2)": '<p><a href="https://a.example/?x=1&amp;y=2">t</a></p>',
    "https://a.example/?x=1&y=2": (
        '<p><a href="https://a.example/?x=1&amp;y=2">https://a.example/?x=1&amp;y=2</a></p>'
    ),
}


@pytest.mark.parametrize(
    ("module", "cases"), [("mrkdwn", MRKDWN), ("markdown", MARKDOWN)], ids=["mrkdwn", "markdown"]
)
async def test_text_becomes_exactly_these_elements(
    desk: Desk, module: str, cases: dict[str, str]
) -> None:
    page = await desk.open()
    rendered = await page.evaluate(RENDER, [module, module, list(cases)])
    assert dict(zip(cases, rendered, strict=True)) == cases


async def test_list_marks_are_not_broken_in_a_narrow_window(desk: Desk) -> None:
    long = "이 항목은 좁은 화면에서 한 줄에 다 들어가지 않아 다음 줄로 넘어갑니다"
    marks = ["•", "1.", "10.", "100."]
    await desk.post("\n".join(f"{mark} {long}" for mark in marks))
    page = await desk.open(user="U0MINJI")
    await page.set_viewport_size({"width": 390, "height": 800})
    lines = page.locator(".list-line__mark")
    assert await lines.all_inner_texts() == marks
    rows = await lines.evaluate_all(
        """marks => marks.map((mark) => {
          const range = document.createRange();
          range.selectNodeContents(mark);
          return range.getClientRects().length;
        })"""
    )
    assert rows == [1, 1, 1, 1]


async def test_entities_are_shown_as_slack_shows_them(desk: Desk) -> None:
    text = "a &lt; b &amp; `c &gt; d`"
    await desk.post("in text: " + text)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "in a section: " + text}}
    await desk.post("x", blocks=[section])
    await desk.post("x", blocks=[{"type": "markdown", "text": "in markdown: " + text}])
    header = {"type": "header", "text": {"type": "plain_text", "text": "in a header: &lt; &amp;"}}
    await desk.post("x", blocks=[header])
    run = {"type": "text", "text": "in rich text: &lt; &amp;"}
    rich = {"type": "rich_text_section", "elements": [run]}
    await desk.post("x", blocks=[{"type": "rich_text", "elements": [rich]}])
    link = "[decoded: &lt;](https://a.example/&lt;?x&amp;y)"
    await desk.post("x", blocks=[{"type": "markdown", "text": link}])
    page = await desk.open()
    for decoded in ("in text", "in a section", "in markdown"):
        body = message(page, decoded).locator(".message__body")
        assert (await body.inner_text()).strip() == f"{decoded}: a < b & c > d"
    for literal in ("in a header", "in rich text"):
        body = message(page, literal).locator(".message__body")
        assert (await body.inner_text()).strip() == f"{literal}: &lt; &amp;"
    linked = page.get_by_role("link", name="decoded: <")
    assert await linked.get_attribute("href") == "https://a.example/<?x&amp;y"


async def test_home_forms_and_dates_are_in_the_language_of_the_reader(desk: Desk) -> None:
    await desk.post("<!date^1795362844^{date_short_pretty}|a day>")
    for user, locale, date in (("U0MINJI", "ko-KR", "2026년"), ("U0ALICE", "en-US", "Nov 22")):
        page = await desk.open(user=user)
        assert date in await message(page, "22").inner_text()
        await page.goto(f"{desk.url}/?user={user}#/home")
        assert await page.locator(".home").get_attribute("lang") == locale
