-- SPDX-License-Identifier: Apache-2.0
-- What `sieve.Sieve.sift` says of a text, by numbers: of keys from 1 on, of sets of keys, of patterns and of groups from 0 on. A list by number is one array, in which the first numbers say where that of each begins.
--
-- A pattern counts how many of the sets that it needs are there; loops that only count, or only write down, are compiled once.

local ffi = require("ffi")
local numbers = require("purring.arrays").numbers
local new, fill = ffi.new, ffi.fill

-- `given` by `tables.of_sieve`. Gives `sift`, and that what a text shows, which is there until the next one, and of how many bytes.
return function(given)
  local sets_of, groups_of = numbers("int32_t", given.sets_of), numbers("int32_t", given.groups_of) -- by key
  local near_of, fitting_of = numbers("int32_t", given.near_of), numbers("int32_t", given.fitting_of) -- by set the patterns that need it
  local near_needs, fitting_needs = numbers("int32_t", given.near_needs), numbers("int32_t", given.fitting_needs) -- by pattern how many it needs
  local group_of, groups, patterns = numbers("int32_t", given.group_of), given.groups, given.patterns

  local is_there, has = new("uint8_t[?]", given.keys + 1), new("uint8_t[?]", given.sets + 1)
  local keys = new("int32_t[?]", given.keys + 2)
  local sets = new("int32_t[?]", given.sets + 2)
  local near, fitting = new("int32_t[?]", patterns + 1), new("int32_t[?]", patterns + 1)
  -- how many keys, these; by group how many words and whether one is near; how many patterns, these
  local told = new("uint16_t[?]", given.keys + 2 * groups + patterns + 4)

  local function count_up(list, set, counts)
    for at = list[set], list[set + 1] - 1 do
      counts[list[at]] = counts[list[at]] + 1
    end
  end

  return function(given_keys, given_count)
    fill(is_there, given.keys + 1)
    local count = 0
    for at = 0, given_count - 1 do
      local key = given_keys[at]
      keys[count] = key
      count = count + 1 - is_there[key]
      is_there[key] = 1
    end
    local words, is_near, fits = count + 1, count + 1 + groups, count + 2 + 2 * groups
    fill(told + words, 4 * groups + 2)
    fill(has, given.sets + 1)
    fill(near, 4 * patterns)
    fill(fitting, 4 * patterns)
    told[0] = count
    local many = 0
    for at = 0, count - 1 do
      local key = keys[at]
      told[at + 1] = key
      for one = groups_of[key], groups_of[key + 1] - 1 do
        told[words + groups_of[one]] = told[words + groups_of[one]] + 1
      end
      for one = sets_of[key], sets_of[key + 1] - 1 do
        local set = sets_of[one]
        sets[many] = set
        many = many + 1 - has[set]
        has[set] = 1
      end
    end
    for at = 0, many - 1 do
      count_up(near_of, sets[at], near)
    end
    for at = 0, many - 1 do
      count_up(fitting_of, sets[at], fitting)
    end
    local fit = 0
    for pattern = 0, patterns - 1 do
      if near[pattern] == near_needs[pattern] then
        told[is_near + group_of[pattern]] = 1
        if fitting[pattern] == fitting_needs[pattern] then
          told[fits + fit], fit = pattern, fit + 1
        end
      end
    end
    told[fits - 1] = fit
    return told, 2 * (fits + fit)
  end
end
