-- Asks for the lines of a file in turn: a path and a token each. Prints what came of it as one line of JSON.

local requests = {}
local number = 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        local path, token = line:match("^(.-)\t(.*)$")
        requests[#requests + 1] = wrk.format("GET", path, { ["Authorization"] = "Bearer " .. token })
    end
end

function request()
    number = number % #requests + 1
    return requests[number]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "microseconds": %d, "failed": %d, "p99": %d}\n',
        summary.requests, summary.duration,
        errors.status + errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(99)
    ))
end
