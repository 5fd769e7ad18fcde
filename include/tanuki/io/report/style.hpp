#pragma once

// How a report looks: by day and by night, on paper too. The drawings' colours are attributes, which the rules at the end
// override.

namespace tanuki::html {

inline constexpr const char* style = R"css(
:root { color-scheme: light dark; --page: #f5f5f3; --card: #fff; --ink: #222; --soft: #5d5d5d; --rule: #e2e2df;
        --axis: #999; --accent: #3b6fb6; }
@media (prefers-color-scheme: dark) {
  :root { --page: #16181c; --card: #1f2228; --ink: #e8e8e6; --soft: #a9adb4; --rule: #34383f; --axis: #6b7078;
          --accent: #86b1ea; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
       font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
main { max-width: 1060px; margin: 0 auto; padding: 32px 20px 56px; }
h1 { margin: 0; font-size: 28px; line-height: 1.25; }
h2 { margin: 0 0 4px; font-size: 18px; }
p { margin: 0 0 14px; }
.about { color: var(--soft); max-width: 70ch; }
section { margin-top: 20px; padding: 20px 24px; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
dl.tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 20px 0 0; }
dl.tiles div { flex: 1 1 150px; padding: 12px 16px; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
dl.tiles dt { color: var(--soft); font-size: 13px; }
dl.tiles dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
.wide + .wide { margin-top: 16px; }
th, td { padding: 5px 18px 5px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th:first-child { text-align: left; }
tbody th { font-weight: 500; }
thead th { color: var(--soft); font-weight: 500; }
table.options td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
figure { margin: 0; }
figure svg { display: block; max-width: 100%; height: auto; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 16px; }
.pictures img { display: block; width: 100%; height: auto; border-radius: 6px; }
figcaption { margin-top: 4px; color: var(--soft); font-size: 13px; line-height: 1.35; overflow-wrap: anywhere; }
.single img { display: block; max-width: 100%; height: auto; border-radius: 6px; }
.single figcaption { display: none; }
footer { margin-top: 24px; color: var(--soft); font-size: 13px; }
figure svg { font-family: inherit; }
figure svg rect[fill="#ffffff"] { fill: none; }
figure svg text[fill="#222222"] { fill: var(--ink); }
figure svg text[fill="#555555"] { fill: var(--soft); }
figure svg line[stroke="#e6e6e6"] { stroke: var(--rule); }
figure svg line[stroke="#999999"] { stroke: var(--axis); }
figure svg [stroke="#3b6fb6"] { stroke: var(--accent); }
figure svg circle[fill="#3b6fb6"] { fill: var(--accent); }
@media print { body { background: none; } section { break-inside: avoid; } }
)css";

}  // namespace tanuki::html
