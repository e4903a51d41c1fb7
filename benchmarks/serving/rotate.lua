-- Sends the bodies of a file in turn, one a line; without arguments, plain GETs. Tells what happened as one line of JSON.
-- Arguments after `--`: the file, the path, then each header's name and value.
local requests, turn = {}, 0

function init(args)
  if not args[1] then
    return
  end
  local headers = {}
  for place = 3, #args, 2 do
    headers[args[place]] = args[place + 1]
  end
  for body in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("POST", args[2], headers, body)
  end
end

function request()
  if #requests == 0 then
    return wrk.format()
  end
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  local line = 'measured {"requests": %d, "microseconds": %d, "p50": %.1f, "p99": %.1f, "refused": %d, "broken": %d}\n'
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(line:format(summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status, broken))
end
