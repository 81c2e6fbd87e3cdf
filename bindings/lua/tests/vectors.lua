-- The vectors through `eventwire.parser`, at every cut: luajit vectors.lua FILE, as `foreign vectors FILE` writes it (crates/testkit/src/flat.rs).

local eventwire = require "eventwire"

local ERRORS = {
    [-2] = "event dropped: larger than the size limit",
    [-3] = "event or item dropped: not valid UTF-8",
}
local OVERFLOW, UTF8, EOF = { [0] = "error", "skip" }, { [0] = "raw", "replace", "strict" }, { [0] = "discard", "dispatch" }

-- Reader -------------------------------------------------------------------------------------------------------------------

local file = assert(io.open(arg[1], "rb"))
local bytes, place = file:read "*a", 1
file:close()

local function number()
    local low, high = 0, 0
    for i = 3, 0, -1 do
        low = low * 256 + bytes:byte(place + i)
        high = high * 256 + bytes:byte(place + 4 + i)
    end
    place = place + 8
    -- Negative numbers are small: no double would hold the others.
    return high >= 2 ^ 31 and low - 2 ^ 32 or high * 2 ^ 32 + low
end

local function text()
    local len = number()
    place = place + len
    return bytes:sub(place - len, place - 1)
end

local function list(member)
    local members = {}
    for i = 1, number() do members[i] = member() end
    return members
end

local function item()
    local status = number()
    local read = { status = status, type = text(), data = text(), last_event_id = text(), id = list(text)[1], begin = number(), finish = number() }
    number()
    return read
end

local function token()
    number()
    number()
    text()
end

local function connection()
    local read = { stream = text(), items = list(item), last_event_id = text(), retry = list(number)[1], position = number() }
    number()
    list(token)
    return read
end

local function vector()
    return {
        name = text(), file = text(),
        options = { max_event_size = number(), overflow = OVERFLOW[number()], utf8 = UTF8[number()], eof = EOF[number()] },
        items = number(),
        start = { last_event_id = text(), retry = list(number)[1] },
        connections = list(connection),
    }
end

local MAGIC = "eventwire vectors 1\n"
assert(bytes:sub(1, #MAGIC) == MAGIC, "not a file of vectors")
place = #MAGIC + 1
local vectors = list(vector)
assert(place == #bytes + 1)

-- Runs ---------------------------------------------------------------------------------------------------------------------

local function same(what, got, expected)
    if got ~= expected then error(("%s: %q, and not %q"):format(what, tostring(got), tostring(expected)), 0) end
end

local function compare(got, problem, expected)
    if not expected then error(("there is more: %s"):format(got and got.data or problem), 0) end
    if not got then return same("error", problem, ERRORS[expected.status]) end
    same("status", 1, expected.status)
    for _, name in ipairs { "type", "data", "last_event_id", "id" } do same(name, got[name], expected[name]) end
    if expected.finish ~= 0 then
        same("begin", got.begin, expected.begin)
        same("finish", got.finish, expected.finish)
    end
end

--- One connection, in these chunks. With `patient` false each loop is left after one event, and begun again with the next chunk.
local function run(vector, connection, start, chunks, patient)
    local parser = eventwire.parser(vector.options)
    if start.retry then for _ in parser:feed(("retry: %d\n"):format(start.retry)) do end end
    assert(parser:set_last_event_id(start.last_event_id))
    local count = 0
    local function take(event, problem)
        count = count + 1
        compare(event, problem, connection.items[count])
    end
    for _, chunk in ipairs(chunks) do
        for event, problem in parser:feed(chunk) do
            take(event, problem)
            if not patient then break end
        end
    end
    for event, problem in parser:feed "" do take(event, problem) end
    same("position", parser:position(), connection.position)
    local event, problem = parser:finish()
    if event ~= nil then take(event, problem) end
    same("number of items", count, #connection.items)
    same("last event ID", parser:last_event_id(), connection.last_event_id)
    same("retry", parser:retry(), connection.retry)
    parser:free()
end

local function every_cut(stream, each)
    each { stream }
    for cut = 1, #stream - 1 do each { stream:sub(1, cut), stream:sub(cut + 1) } end
    local single = {}
    for i = 1, #stream do single[i] = stream:sub(i, i) end
    each(single)
end

local count, runs = 0, 0
for _, vector in ipairs(vectors) do
    -- Comments, retries and unknown fields are not delivered in Lua.
    if vector.items == 0 then
        count = count + 1
        local start = vector.start
        for _, connection in ipairs(vector.connections) do
            every_cut(connection.stream, function(chunks)
                for _, patient in ipairs { true, false } do
                    runs = runs + 1
                    local fine, why = pcall(run, vector, connection, start, chunks, patient)
                    if not fine then error(("%s: %s, in %d chunks: %s"):format(vector.file, vector.name, #chunks, why), 0) end
                end
            end)
            start = connection
        end
    end
end
assert(count > 200, "there are too few vectors")
print(("%d vectors, %d runs"):format(count, runs))
