namespace TypedRedis.Generators.Tests.Lua;

/// <summary>Texts that are Lua 5.1, and texts that are not, with <c>«…»</c> around the place where that shows.</summary>
internal static class LuaSnippets
{
    public static readonly string[] Valid =
    [
        "", "return", "return;", "return nil", "return 1, 2, 3", "local a, b = 1", "local a = 1; local b = 2", "do end", "do return end",
        "while true do break end", "repeat local x = 1 until x == 1", "for i = 1, 10 do end", "for i = 10, 1, -1 do end", "for k, v in pairs({}) do end", "for a in next, {} do break end",
        "if true then end", "if 1 then elseif 2 then elseif 3 then else end", "local function f(a, b, ...) return ..., select('#', ...) end", "local f = function() end f()",
        "local t = { a = { b = {} } } function t.f() end function t.a.b:d(x) return self, x end", "local t = { 1, 2; 3, a = 4, ['b'] = 5, [6] = 7, }", "local t = {}",
        "local t = {} t.x = 1 t['y'] = 2 t.x, t.y = t.y, t.x", "local f f 'x' f \"y\" f [[z]] f {} f { 1 } f (1)", "local s = ('x'):rep(3) s = s:upper():lower()", "local a = #'x' .. -1",
        "return 1 + 2 - 3 * 4 / 5 % 6 ^ 7 ^ 8", "return 'a' .. 'b' .. 'c'", "return not 1 == 2 and 3 or 4 ~= 5", "return 1 < 2, 1 <= 2, 1 > 2, 1 >= 2, 1 == 2, 1 ~= 2",
        "return - - 1, not not nil, -#'x'", "return -2 ^ 2, 2 ^ -2", "return 0, 1., .5, 1.5, 1e3, 1E+3, 1e-3, 1.5e10, 0x0, 0xFf, 0XaB", "return 3 .. 4", "return 08, 1e05",
        @"return '\a\b\f\n\r\t\v\\\'\""\0\65\065\255\x\q'", "return 'a\\\nb'", "return 'a\\\r\nb'", "return [[]], [==[ ]] ]=] ]==], [[\n\nx]]", "return [=[ [[nested]] ]=]",
        "-- comment\nreturn 1 -- another", "--[[ long\ncomment ]] return 1", "--[==[ ]] ]==] return 1", "--[ not long\nreturn 1", "--[=x\nreturn", "--", "return 1 --[[x]]", "return--x",
        "local goto_ = 1 local goto = 2 goto = goto + 1", "local a = (((1)))", "local f = tostring local a = (f)(1)", "return (function(...) return ... end)(1, 2)", "local x = 1 do local x = 2 end return x",
        "local t = {} ; (t).x = 1", "local f = type; (f)(1)", "return function() end", "local a", "for i = 1, 2 do for j = 1, 2 do break end end", "return {{{{}}}}", "local _ = 1 local _1 = _",
        "return 'é', \"\u4e2d\", [[\ud83d\ude00]] -- ü", "return 1 ;", "local a = 1\n;", "\t\v\f\r\nreturn 1", "return nil == false", "return {[1]=1;[2]=2}", "return {f = function(a) return a end}",
        "local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end return fact(5)", "local a = {} a.b = {} a.b.c = 1 return a.b.c, a['b']['c'], a.b['c']",
        "#!lua\nreturn 1", "#!lua flags=no-writes\nreturn 1", "return 0x1p4", "local a = 'x' return a:len()", "return ('x'):len(), #[[x]], ({1})[1]", "return 1--[[a]]+--[[b]]2",
    ];

    public static readonly string[] Invalid =
    [
        "«=»", "local «1»", "local «end»", "local a = «)»", "local a = 1 «+»", "return 1 «+»", "return «*» 2", "x = 1 «2»", "local a «b»", "if true «x»", "if true then «x»", "if «then» end",
        "while true «end»", "for «1» = 1, 2 do end", "for i = 1 «do» end", "for i «do» end", "for i, j «=» 1, 2 do end", "repeat «end»", "do «until» x", "«end»", "do end «end»", "«else»", "return 1 «local» a", "do return 1 «x» = 1 end",
        "«break»", "if true then «break» end", "while true do local function f() «break» end end", "«goto» x", "«:»:x::", "«;»", "local a = 1;«;»", "local a a «+» 1",
        "local a a «.»", "«1»", "«'x'»", "local f «f()» = 1", "local f local a a, «f()» = 1, 2", "local a «(a)» = 1", "local a, «=» 1",
        "return 1 /«/» 2", "return 1 «&» 2", "return 1 «|» 2", "return «~»1", "return 1 «!»= 2", "return 1 <«<» 2", "return 1 >«>» 2", "local a a «+»= 1", "return 1 «?» 2", "return «@»", "return «$»x", "return «`»x`",
        "return «3e»", "return «3..2»", "return «0x»", "return «0xg»", "return «1_000»", "return «5a»", "return «1e+»", "return «1.2.3»", "return «0b1»", "return 0x1 «.8»", "return «08x»",
        "return «'abc»", "return «\"abc»", "return «'abc»\n'", "return '«\\256»'", "return '«\\999»'", "return «[[»abc", "return «[=[»abc]]", "return «[=»abc", "«--[[» abc", "«--[==[» abc ]]",
        "local f f(1,«)»", "local f f(1 «2»)", "local f f(«1»", "return {1 «2»}", "return {1«,»", "return {[1] «2»}", "return {[1«}»", "return {a = «=» 1}", "return {«,»}",
        "local f\nf\n«(»1)", "local t t«.1»", "local t t.«end»", "local t t:x «=» 1", "local t t[«]»", "local t t[1 «x»", "function «(»x) end", "local function «(»x) end", "function t.«(»x) end", "function t:a«.»b() end", "local f = function «f»() end",
        "local function f(a,«)» end", "local function f(...«,» a) end", "local function f() return «...» end", "return «é»", "local «ü» = 1", "return «\u4e2d»", "return «\ud83d\ude00»",
        "local x «<»const> = 1", "return «end»", "«and»", "«then»", "«)»", "«}»", "«]»", "return («1»", "return «)»", "local a = «{»", "if 1 then else «elseif» 2 then end", "for k in «do» end", "while «do» end", "«until» 1", "return «not»",
        "return «..»", "return 'a' «...» 'b'", "local a = 1 «...»", "local function f(«1») end", "x «=»", "return function() return «1»", "return «\u0001»",
        "#!lua\nreturn «)»",
    ];

    /// <summary>A text of <see cref="Invalid"/> without its marks, and the place.</summary>
    public static (string Text, int Start, int End) Unmark(string marked)
    {
        int start = marked.IndexOf('«'), end = marked.IndexOf('»') - 1;
        return (marked.Replace("«", "").Replace("»", ""), start, end);
    }
}
