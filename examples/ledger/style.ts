/** @file How the page looks. */
export const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--card:#f6f8fa;--line:#d0d7de;--mark:#0550ae;--good:#116329;--bad:#a40e26;--open:#7d4e00;--above:#c0392b;--below:#1f6fb2}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--paper:#0d1117;--card:#161b22;--line:#30363d;--mark:#79c0ff;--good:#56d364;--bad:#ff9492;--open:#e3b341;--above:#ff7b72;--below:#79c0ff}}
*{box-sizing:border-box}
body{font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0}
main{max-width:56rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0}
h2{margin:2.5rem 0 .75rem;font-size:1.3rem}
h3{margin:0;font-size:1rem}
h3 small{font-weight:400;color:var(--soft);font-size:1em}
a{color:var(--mark)}
.good{color:var(--good)}.bad{color:var(--bad)}.open{color:var(--open)}
.lead{font-size:1.05rem}
.sum{border-left:.3rem solid var(--line);padding:.5rem .9rem;background:var(--card);border-radius:.2rem}
.sum.good{border-color:var(--good);color:inherit}.sum.bad{border-color:var(--bad);color:inherit}.sum.good b{color:var(--good)}.sum.bad b{color:var(--bad)}
h3 b{float:right;margin-left:1rem}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.4rem,1fr));gap:.4rem 1rem;margin:.5rem 0 .2rem}
dl .long{grid-column:span 2}
dt{color:var(--soft);font-size:.8rem;line-height:1.3}
dd{margin:0;font-size:.95rem;font-variant-numeric:tabular-nums}
nav{display:flex;flex-wrap:wrap;gap:.35rem;margin:1rem 0}
.chip{text-decoration:none;border:1px solid var(--line);border-radius:1rem;padding:.25rem .6rem;font-size:.85rem;font-variant-numeric:tabular-nums}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem .9rem;margin:0 0 .8rem;scroll-margin-top:1rem}
.card:target{outline:2px solid var(--mark)}
.card p{margin:.35rem 0}
.math,.wide{overflow-x:auto;overflow-y:hidden}
.math .katex-display{margin:.6rem 0;padding:.15rem 0}
.ranges,.facts{color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
.ranges{overflow-x:auto;overflow-y:hidden;padding-bottom:.1rem}
.tag{display:block;color:var(--soft);font-size:.8rem;line-height:1.3}
.heats{display:flex;flex-wrap:wrap;gap:.8rem;align-items:flex-end}
.heat{margin:.3rem 0;max-width:100%}.heat svg{display:block;max-width:100%;border:1px solid var(--line)}
.heat figcaption{font-size:.8rem;color:var(--soft)}
.above{fill:var(--above)}.below{fill:var(--below)}
table{border-collapse:collapse;font-size:.95rem}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}
tbody th{font-weight:400}
pre{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.3rem;padding:.6rem .8rem}
td{letter-spacing:.12em}
@media(max-width:32rem){th,td{padding:.35rem .2rem;font-size:.8rem;letter-spacing:0}th{white-space:normal}}
@media print{.card{break-inside:avoid}nav{display:none}}
`;
