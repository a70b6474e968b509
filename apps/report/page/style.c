/* In lines, because a compiler need not accept a string of more than 4,095 characters. */
#include "report/page/style.h"

static const char *const style[] = {
    /* The contrast of text and lines is at least 4.5 to 1, that of bars 3 to 1. Blue and orange differ in the common kinds of
     * colour blindness, and the second line is also dashed. */
    ":root{color-scheme:light dark;--ground:#fff;--panel:#f5f7f9;--ink:#17202a;--soft:#55606c;--rule:#d6dce2;--fine:#e8ecf0;",
    "--first:#0b5fc0;--second:#b8430a;--bars:#5b93d6;--good:#0f6b3d;--bad:#b3201b;--note:#7f5200;--failing:#b3201b33}",
    "@media screen and (prefers-color-scheme:dark){",
    ":root{--ground:#0f1419;--panel:#171e25;--ink:#e7ebef;--soft:#a3aeb9;--rule:#36404a;",
    "--fine:#232b33;--first:#6eb3ff;--second:#ff9f57;--bars:#4a86c9;--good:#5fce95;--bad:#ff8d85;--note:#e8b84a;",
    "--failing:#ff8d8540}}",
    "*{box-sizing:border-box}",
    "body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',",
    "'Liberation Sans',sans-serif;-webkit-text-size-adjust:100%}",
    "main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 3rem}",
    "h1{font-size:1.75rem;line-height:1.2;margin:0;overflow-wrap:anywhere}",
    "h2{font-size:1.0625rem;line-height:1.3;margin:0 0 .25rem}",
    "section{margin-top:2rem}section>h2{font-size:1.25rem;margin-bottom:.5rem}",
    "p{margin:0}.over{color:var(--soft);font-size:.875rem;letter-spacing:.02em}.under{color:var(--soft);margin-top:.25rem}",
    "code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',",
    "'Liberation Mono',monospace;font-size:.875rem}",
    /* Verdicts. */
    ".verdicts{list-style:none;margin:1.25rem 0 0;padding:0;display:grid;gap:.375rem}",
    ".verdicts li{display:grid;grid-template-columns:4.5rem 1fr;gap:.75rem;align-items:baseline;overflow-wrap:anywhere}",
    ".verdicts b{font-size:.75rem;letter-spacing:.05em;text-align:center;border:1px solid;border-radius:.25rem;",
    "padding:.0625rem .25rem}",
    ".good b{color:var(--good)}.bad b{color:var(--bad)}.note b{color:var(--note)}",
    /* Headline numbers. */
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.25rem,1fr));gap:.75rem;margin:1.5rem 0 0}",
    ".tiles div{background:var(--panel);border-radius:.5rem;padding:.75rem .875rem;display:flex;flex-direction:column}",
    ".tiles dt{color:var(--soft);font-size:.8125rem}.tiles dd{margin:0}",
    ".tiles .big{font-size:1.5rem;line-height:1.3;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}",
    ".tiles .big.bad{color:var(--bad)}.tiles .small{color:var(--soft);font-size:.8125rem;line-height:1.35;overflow-wrap:anywhere}",
    /* Charts. */
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,29rem),1fr));gap:2rem 2.5rem;margin-top:2rem}",
    "figure{margin:0;min-width:0;break-inside:avoid}",
    ".legend{display:flex;flex-wrap:wrap;gap:0 1.25rem;color:var(--soft);font-size:.8125rem;min-height:1.5em}",
    ".legend span{display:inline-flex;align-items:center;gap:.4rem}.legend svg{width:26px;height:12px;flex:none}",
    ".plot{padding:14px 24px 26px 56px}.plot>svg{display:block;width:100%;height:236px;overflow:visible}.area{overflow:visible}",
    ".plot text,.legend text{font-size:12px;fill:var(--soft);font-variant-numeric:tabular-nums}",
    ".at-x{text-anchor:middle}.at-y,.marker-left{text-anchor:end}.plot .marker-left,.plot .marker-right{fill:var(--ink);",
    "paint-order:stroke;stroke:var(--ground);stroke-width:3px;stroke-linejoin:round}",
    ".grid{stroke:var(--rule);stroke-width:1}.fine{stroke:var(--fine)}.marker{stroke:var(--ink);stroke-width:1;",
    "stroke-dasharray:2 3}",
    ".line{fill:none;stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}",
    ".line.first{stroke:var(--first)}.line.second{stroke:var(--second);stroke-dasharray:7 4}",
    ".line.wanted{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:2 3}.bars{fill:var(--bars)}.failing{fill:var(--failing)}",
    ".dot{fill:var(--first);stroke:var(--ground);stroke-width:1.5}",
    ".axis{color:var(--soft);font-size:.8125rem;text-align:center;padding-left:2rem}.nothing{color:var(--soft);padding:.75rem 0}",
    /* Tables: a wide one scrolls in its own box. */
    ".scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-nums;width:100%}",
    "caption{text-align:left;font-weight:600;padding:1rem 0 .25rem}",
    "th,td{padding:.3125rem .625rem;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}",
    "th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}",
    "thead th{color:var(--soft);font-weight:500;font-size:.8125rem;white-space:normal;vertical-align:bottom}",
    "tbody th{text-align:left;font-weight:400;white-space:normal}@media(min-width:40.01rem){.scroll table{table-layout:fixed}}",
    ".settings{table-layout:fixed}.settings th{width:11.5rem;white-space:normal;color:var(--soft);vertical-align:top}",
    ".settings td{text-align:left;white-space:normal;overflow-wrap:anywhere}",
    "pre{margin:.5rem 0 0;background:var(--panel);border-radius:.5rem;padding:.75rem .875rem;",
    "white-space:pre-wrap;overflow-wrap:anywhere}",
    "a:focus-visible,.scroll:focus-visible{outline:2px solid var(--first);outline-offset:2px}",
    "@media(max-width:40rem){.wide{display:none}.plot{padding-right:20px;padding-left:52px}.plot>svg{height:208px}",
    ".settings th{width:8rem}th,td{padding:.3125rem .375rem}table{font-size:.8125rem}",
    "thead th{font-size:.75rem}",
    ".verdicts li{grid-template-columns:1fr;gap:.125rem}.verdicts b{justify-self:start}}",
    "@media print{main{max-width:none;padding:0}body{font-size:11pt}.tiles div,pre{border:1px solid var(--rule)}",
    ".scroll{overflow:visible}.tiles{grid-template-columns:repeat(3,1fr)}table,.verdicts li,.tiles{break-inside:avoid}}",
};

void page_style_append(lm_buffer *output) {
    for (size_t i = 0; i < sizeof style / sizeof style[0]; i++) {
        lm_buffer_append_text(output, style[i]);
        lm_buffer_append_text(output, "\n");
    }
}
