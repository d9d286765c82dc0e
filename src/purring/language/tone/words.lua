-- SPDX-License-Identifier: Apache-2.0
-- What a word weighs that was never met: its own weights, those of its parts (`features.of_word`), and of what Python knows of it.

local ffi, bit = require("ffi"), require("bit")
local numbers = require("purring.arrays").numbers
local band, bxor, rshift, tobit = bit.band, bit.bxor, bit.rshift, bit.tobit
local new, copy, fill, cast = ffi.new, ffi.copy, ffi.fill, ffi.cast

local BEGINS, ENDS = 60, 62 -- "<" and ">"
local HIGHEST = 32767 -- more only hundreds of letters in a row reach

-- `given` by `tables.of_words`: `rows` of weights, `parts` as one number each and `rows_of_parts`. Gives `weigh_word`.
return function(given)
  local labels, shortest, longest = given.labels, given.shortest, given.longest
  local rows = numbers("int8_t", given.rows)

  local mask = given.slots - 1
  local parts, row_of = new("double[?]", given.slots), new("int32_t[?]", given.slots)
  local function slot_of(part) -- five letters are 40 bits
    local last = part % 16777216
    local at = tobit(last * 7919 + (part - last) / 16777216 * 40503)
    at = band(bxor(at, rshift(at, 15)), mask)
    while parts[at] ~= part and parts[at] ~= 0 do
      at = band(at + 1, mask)
    end
    return at
  end
  local listed, listed_rows = cast("const double *", given.parts), cast("const int32_t *", given.rows_of_parts)
  for at = 0, #given.parts / 8 - 1 do
    local slot = slot_of(listed[at])
    parts[slot], row_of[slot] = listed[at], listed_rows[at]
  end

  local sum, weights = new("int32_t[?]", labels), new("int16_t[?]", labels)
  local letters, room = new("uint8_t[?]", 64), 64
  local function add(row)
    for label = 0, labels - 1 do
      sum[label] = sum[label] + rows[row * labels + label]
    end
  end
  local function add_parts(token)
    local length = #token + 2
    if length > room then
      letters, room = new("uint8_t[?]", 2 * length), 2 * length
    end
    letters[0], letters[length - 1] = BEGINS, ENDS
    copy(letters + 1, token, length - 2)
    for from = 0, length - shortest do
      local part = 0
      for at = from, math.min(from + longest, length) - 1 do
        part = part * 256 + letters[at]
        if at - from + 1 >= shortest then
          local slot = slot_of(part)
          if parts[slot] ~= 0 then add(row_of[slot]) end
        end
      end
    end
  end

  -- token: letters of which the parts count, none or plain ones; besides: rows of its other features. Gives whole numbers, one for each label.
  return function(token, besides)
    fill(sum, 4 * labels)
    local number = cast("const int32_t *", besides)
    for at = 0, #besides / 4 - 1 do
      add(number[at])
    end
    if #token > 0 then add_parts(token) end
    for label = 0, labels - 1 do
      weights[label] = math.max(-HIGHEST, math.min(sum[label], HIGHEST))
    end
    return weights
  end
end
