-- What the vectors do not say of the module: luajit module.lua HEADER, where the header is that of the installed library.

local eventwire = require "eventwire"

local function equal(got, expected)
    if got ~= expected then error(("%s, and not %s"):format(tostring(got), tostring(expected)), 2) end
end

--- The call raises an error that names what is wrong.
local function refuses(part, call, ...)
    local fine, message = pcall(call, ...)
    assert(not fine, "nothing was refused")
    assert(tostring(message):find(part, 1, true), message)
end

local function events_of(parser, chunk)
    local events = {}
    for event in parser:feed(chunk) do events[#events + 1] = event and event.data or "dropped" end
    return table.concat(events, ",")
end

local function read(path)
    local file = assert(io.open(path, "rb"))
    local source = file:read "*a"
    file:close()
    return source
end

local tests = {}

tests["the README's program writes what the README says"] = function()
    local readme = read "README.md"
    local program, expected = readme:match "```lua\n(.-)```", readme:match "```text\n(.-)```"
    local written = {}
    local function print(...)
        written[#written + 1] = table.concat({ ... }, "\t") .. "\n"
    end
    setfenv(assert(loadstring(program)), setmetatable({ print = print }, { __index = _G }))()
    equal(table.concat(written), expected)
end

tests["the declarations are those of the header"] = function()
    local function plain(source)
        return (source:gsub("/%*.-%*/", " "):gsub("%s+", " "):gsub("%( ", "("):gsub(" %)", ")"))
    end
    local header = plain(read(arg[1]))
    local path = assert(package.searchpath("eventwire.c", package.path))
    local declarations = plain(read(path):match "ffi%.cdef %[%[(.-)%]%]")
    local count = 0
    -- A declaration ends at a semicolon outside of braces.
    for declaration in declarations:gsub("%b{}", function(body) return (body:gsub(";", "\1")) end):gmatch "%s*([^;]+;)" do
        declaration = declaration:gsub("\1", ";")
        assert(header:find(declaration, 1, true), "not in the header: " .. declaration)
        count = count + 1
    end
    assert(count > 40, "declarations were not found")
end

tests["a loop that is left early loses nothing"] = function()
    local parser = eventwire.parser()
    for event in parser:feed "data: 1\n\ndata: 2\n\nda" do
        equal(event.data, "1")
        break
    end
    equal(events_of(parser, "ta: 3\n\n"), "2,3")
end

tests["chunks may be collected once they are read"] = function()
    local parser = eventwire.parser()
    for i = 1, 2000 do
        equal(events_of(parser, ("a: %d\n\ndat"):format(i)), i == 1 and "" or tostring(i))
        if i == 1 then events_of(parser, "a: 0\n\ndat") end
        if i % 100 == 0 then collectgarbage() end
    end
end

tests["an event too large is said and dropped"] = function()
    local parser = eventwire.parser { max_event_size = 8 }
    equal(events_of(parser, "data: 123456789\n\ndata: 1\n\n"), "dropped,1")
    parser = eventwire.parser { max_event_size = 8, overflow = "skip" }
    equal(events_of(parser, "data: 123456789\n\ndata: 1\n\n"), "1")
end

tests["a parser takes a last event ID, but not any"] = function()
    local parser = eventwire.parser()
    assert(parser:set_last_event_id "7")
    for event in parser:feed "data\n\n" do equal(event.last_event_id, "7") end
    local fine, why = parser:set_last_event_id "a\nb"
    equal(fine, nil)
    assert(why:find("CR, LF or NUL", 1, true), why)
end

tests["what cannot mean anything is refused"] = function()
    refuses("no option 'max_size'", eventwire.parser, { max_size = 1 })
    refuses("'utf8' cannot be 'utf-8'", eventwire.parser, { utf8 = "utf-8" })
    refuses("from 1 to 2^53", eventwire.parser, { max_event_size = 0 })
    refuses("from 1 to 2^53", eventwire.tap, { max_match_size = 0 / 0 })
    refuses("'needle' has to be a string", eventwire.tap, { needle = 1 })
    refuses("a chunk has to be a string", function() eventwire.parser():feed(nil) end)
    refuses("a chunk has to be a string", function() eventwire.tap():observe({}, 0) end)
    local parser, tap, rewriter = eventwire.parser(), eventwire.tap(), eventwire.rewriter()
    for _, object in ipairs { parser, tap, rewriter } do
        object:free()
        object:free()
    end
    refuses("freed", events_of, parser, "data\n\n")
    refuses("freed", parser.finish, parser)
    refuses("observe", tap.observe, tap, "", 0)
    refuses("summary", tap.summary, tap)
    refuses("rewrite", rewriter.rewrite, rewriter, "", print)
    refuses("finish", rewriter.finish, rewriter)
end

tests["a tap counts"] = function()
    local tap = eventwire.tap { needle = '"usage"', max_match_size = 9 }
    local fresh = tap:summary()
    equal(fresh.events, 0)
    equal(fresh.first_event_at, nil)
    equal(fresh.largest_event, nil)
    equal(tap:last_match(), nil)
    tap:observe("data: {}\n\nevent: ping\nid: 5\ndata: {\"usage\":1}\n\n: x\n", 40)
    tap:observe("data: {\"usage\":2}\n\nda", 50)
    tap:observe("ta: [DONE]\n\n", 90)
    local summary = tap:summary()
    equal(summary.bytes, 84)
    equal(summary.events, 4)
    equal(summary.comments, 1)
    equal(summary.matches, 2)
    equal(summary.first_event_at, 40)
    equal(summary.last_event_at, 90)
    equal(summary.max_gap, 40)
    equal(summary.last_event_id, "5")
    equal(summary.done, true)
    equal(summary.between_events, true)
    equal(summary.largest_event.begin, 10)
    equal(summary.largest_event.finish, 47)
    local first, last = tap:first_match(), tap:last_match()
    equal(first.type, "ping")
    equal(first.data, '{"usage":')
    equal(first.truncated, true)
    equal(last.type, "message")
    local types = tap:event_types()
    equal(types.message, 3)
    equal(types.ping, 1)
    tap:observe("data", 95)
    equal(tap:summary().between_events, false)
end

tests["a rewriter changes what it is told to, at every cut"] = function()
    local stream = "\239\187\191: hi\r\ndata: 1\n\nevent: debug\ndata: 2\n\nid: 3\rdata: 3\r\r: bye\n\ndata: 4\n\ndata: cut"
    local function decide(event, edit)
        if event.type == "debug" then edit:drop()
        elseif event.data == "1" then edit:insert_before ": b\n\n" edit:insert_after ": a\n\n"
        elseif event.data == "4" then edit:replace(assert(eventwire.encode { data = "four\nIV" })) end
    end
    local expected = "\239\187\191: hi\r\n: b\n\ndata: 1\n\n: a\n\nid: 3\rdata: 3\r\r: bye\n\ndata: four\ndata: IV\n\ndata: cut"
    for cut = 0, #stream do
        local rewriter, kept = eventwire.rewriter(), eventwire.rewriter()
        local written, same = {}, {}
        for _, chunk in ipairs { stream:sub(1, cut), stream:sub(cut + 1) } do
            local piece, problem = rewriter:rewrite(chunk, decide)
            equal(problem, nil)
            written[#written + 1] = piece
            same[#same + 1] = kept:rewrite(chunk, function() end)
        end
        equal(table.concat(written) .. rewriter:finish(), expected)
        equal(table.concat(same) .. kept:finish(), stream)
        equal(rewriter:summary().last_event_id, "3")
        equal(rewriter:summary().held, 0)
    end
end

tests["an error in a decision stops nothing"] = function()
    local rewriter, edit_kept = eventwire.rewriter(), nil
    local written, problem = rewriter:rewrite("data: 1\n\ndata: 2\n\n", function(event, edit)
        edit_kept = edit
        if event.data == "1" then error "first" end
        edit:drop()
        error "second"
    end)
    equal(written, "data: 1\n\n")
    assert(tostring(problem):find("first", 1, true), problem)
    refuses("drop", edit_kept.drop, edit_kept)
    rewriter = eventwire.rewriter { max_block_size = 10, oversized = "drop" }
    equal(rewriter:rewrite("data: 123456789\n\ndata: 1\n\n", function() end), "data: 1\n\n")
    equal(rewriter:summary().oversized_blocks, 1)
end

tests["a rewriter that is freed in the midst of a chunk says so"] = function()
    local rewriter, kept = eventwire.rewriter(), nil
    local function free(_, edit)
        kept = edit
        rewriter:free()
        refuses("drop", edit.drop, edit)
    end
    refuses("rewrite", rewriter.rewrite, rewriter, "data: 1\n\ndata: 2\n\n", free)
    refuses("insert_after", kept.insert_after, kept, "")
end

tests["strings that only a call has are there while it lasts"] = function()
    for i = 1, 3000 do
        local tap = eventwire.tap { needle = '"needle ' .. i .. '":' }
        tap:observe(('data: {"needle %d":1}\n\n'):format(i), i)
        equal(tap:summary().matches, 1)
        equal(eventwire.encode { data = "text " .. i }, "data: text " .. i .. "\n\n")
        if i % 50 == 0 then collectgarbage() end
    end
end

tests["a message is written as it can be read, or refused"] = function()
    equal(eventwire.encode { event = "e", id = "", data = "a\r\nb", comment = "c", retry = 0 }, ":c\nevent: e\nid: \nretry: 0\ndata: a\ndata: b\n\n")
    local nothing, why = eventwire.encode { event = "a\nb" }
    equal(nothing, nil)
    equal(why, "event: byte 10 at position 1 cannot be written")
    refuses("no option 'type'", eventwire.encode, { type = "e" })
end

local names = {}
for name in pairs(tests) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
    local fine, why = xpcall(tests[name], debug.traceback)
    if not fine then
        io.stderr:write("failed: ", name, "\n", why, "\n")
        os.exit(1)
    end
end
print(#names .. " tests of the module")
