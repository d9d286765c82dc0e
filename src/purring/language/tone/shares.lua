-- SPDX-License-Identifier: Apache-2.0
-- How likely each code is for a sentence: what `ByName.shares` says, which a test holds against it. Sums are whole numbers, as there.

local ffi = require("ffi")
local numbers = require("purring.arrays").numbers
local cast, new, copy, bytes_of, exp, sqrt = ffi.cast, ffi.new, ffi.copy, ffi.string, math.exp, math.sqrt

local FAR = 6 -- as `signs.for_referee` says, and the other numbers there
local ROUNDED = 6755399441055744 -- 2^52 + 2^51: a number that this was added to has no fraction left

-- `given` by `tables.of_referee`. Features are rows of `weights`: first those of the odds, then that of the length, then the others.
return function(given)
  local lanes, labels, good, value, enough = given.lanes, given.labels, given.good, given.value, given.enough
  local added, scale_of_shares = given.added, given.scale
  local lines, weights, start = numbers("double", given.lines), numbers("double", given.weights), numbers("double", given.start)
  -- by moment: how many odds count in another way then, and of each which, and the row; then the labels whose share that changes
  local timed, timely = numbers("int32_t", given.timed), numbers("int32_t", given.timely)

  -- what rules see by number: its weights in the model, and its row here; rows of what a sentence is about
  local steps, marks_of_seen, marks_of_about = numbers("int8_t", given.steps), numbers("int32_t", given.marks_of_seen), numbers("int32_t", given.marks_of_about)

  local sum, odds, then_odds, values = new("int32_t[?]", lanes), new("double[?]", labels), new("double[?]", labels), new("double[?]", lanes)
  local shares = new("double[?]", labels)

  local function add(sum, row, times)
    for label = 0, labels - 1 do
      sum[label] = sum[label] + weights[row * labels + label] * times
    end
  end
  local function rounded(one)
    return (one * value + ROUNDED) - ROUNDED
  end
  -- The likeliest label but for "good", and whether that is likelier than all of them.
  local function likeliest(sum)
    local best = -1
    for label = 0, labels - 1 do
      if label ~= good and (best < 0 or sum[label] > sum[best]) then best = label end
    end
    return best, sum[good] - sum[best] > enough
  end

  -- sums: those of a sentence, a lane each; about: how many things it is about, and their numbers; seen: numbers of what rules see, a
  -- byte each. Gives nil when it is good, or more likely so than `most`.
  return function(sums, length, about, seen, moment, most)
    copy(sum, sums, 4 * lanes)
    local theirs, named = cast("const uint8_t *", seen), cast("const uint16_t *", about)
    for at = 0, #seen - 1 do
      for lane = 0, lanes - 1 do
        sum[lane] = sum[lane] + steps[theirs[at] * lanes + lane]
      end
    end
    local scale = 1 / sqrt(length + added)
    local logit_of_good = sum[0] * scale * lines[0] + lines[1]
    for lane = 1, lanes - 1 do
      local logit = sum[lane] * scale * lines[2 * lane] + lines[2 * lane + 1]
      if lane < lanes - 2 then logit = logit - logit_of_good end
      values[lane - 1] = rounded(math.max(-FAR, math.min(logit, FAR)) / 3)
    end
    values[lanes - 1] = rounded(length / 20)
    copy(odds, start, 8 * labels)
    for feature = 0, lanes - 1 do
      add(odds, feature, values[feature])
    end
    for at = 1, named[0] do
      add(odds, marks_of_about[named[at]], value)
    end
    for at = 0, #seen - 1 do
      add(odds, marks_of_seen[theirs[at]], value)
    end
    local code, is_good = likeliest(odds)
    local at = timed[moment]
    local found = odds
    if timed[at] > 0 then
      copy(then_odds, odds, 8 * labels)
      for one = 1, timed[at] do
        add(then_odds, timed[at + 2 * one], values[timed[at + 2 * one - 1]])
      end
      local code_then, is_good_then = likeliest(then_odds)
      is_good = is_good and is_good_then
      if timely[moment * labels + code] + timely[moment * labels + code_then] > 0 then found = then_odds end
    end
    if is_good then return nil end
    local highest, together = found[0], 0
    for label = 1, labels - 1 do
      highest = math.max(highest, found[label])
    end
    for label = 0, labels - 1 do
      shares[label] = exp((found[label] - highest) / scale_of_shares)
      together = together + shares[label]
    end
    for label = 0, labels - 1 do
      shares[label] = shares[label] / together
    end
    if shares[good] > most then return nil end
    return bytes_of(shares, 8 * labels)
  end
end
