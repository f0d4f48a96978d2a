-- 0 for nothing.
local function number(text) return tonumber(text or '0') or 0 end