// What is wrong with the page for people who use a screen reader, a keyboard, or have weak sight.
() => {
  const problems = [];
  const seen = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const show = (node) => node.outerHTML.slice(0, 140);
  const text = (node) => node?.textContent.trim() ?? "";
  const byIds = (ids) => (ids ?? "").split(/\s+/).map((id) => text(document.getElementById(id))).join(" ").trim();

  const nameOf = (node) =>
    byIds(node.getAttribute("aria-labelledby")) ||
    node.getAttribute("aria-label") ||
    [...(node.labels ?? [])].map(text).join(" ") ||
    text(node) ||
    node.getAttribute("alt") ||
    node.getAttribute("title");

  const named = "button, a[href], input:not([type=hidden]), select, textarea, dialog, [role=dialog], " +
    "[role=menu], [role=menuitem], [role=listbox], [role=option], [role=img], [role=group], nav, form, figure, ol[class=messages]";
  for (const node of document.querySelectorAll(named)) {
    if (seen(node) && !nameOf(node)) problems.push(`no name: ${show(node)}`);
  }
  for (const node of document.querySelectorAll("img")) {
    if (!node.hasAttribute("alt")) problems.push(`no alt: ${show(node)}`);
  }
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant", "for"]) {
    for (const node of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of node.getAttribute(attribute).split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) problems.push(`${attribute} names nothing: ${show(node)}`);
      }
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  problems.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `twice: #${id}`));
  if (document.querySelectorAll("h1").length !== 1) problems.push("not one h1");

  const numbers = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    // color(srgb …), which color-mix gives, counts from 0 to 1.
    return color.startsWith("color(") ? [255 * r, 255 * g, 255 * b, a] : [r, g, b, a];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((value, index) => value * a + below[index] * (1 - a));
  const backdrop = (node) => {
    if (!node) return [255, 255, 255];
    const own = numbers(getComputedStyle(node).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, backdrop(node.parentElement));
  };
  const light = (color) => {
    const [r, g, b] = color.map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const inactive = node.closest(":disabled, .visually-hidden, .emoji, script, option, svg");
    if (!walker.currentNode.data.trim() || inactive || !seen(node)) continue;
    const style = getComputedStyle(node);
    const below = backdrop(node);
    const [a, b] = [light(over(numbers(style.color), below)), light(below)].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) problems.push(`contrast ${ratio.toFixed(2)}: ${show(node)}`);
  }
  return problems;
}
