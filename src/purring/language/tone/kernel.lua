-- SPDX-License-Identifier: Apache-2.0
-- The inner loop of `kernel.py`: adds up what the model of one language says of the sentences of a text, as `by_name.py` does by
-- the names of features, which tests hold it against. Most sentences are plainly good, so each look is only at what the one
-- before left: the words alone, their order, what they are about together.
--
-- Stems, classes, concepts and words of phrases are numbers from 1 on, which the Python side gives them; 0 is none.

local ffi, bit, jit = require("ffi"), require("bit"), require("jit")
local numbers = require("purring.arrays").numbers
-- Each turn that a sentence may take is a trace of its own: there are more than what it keeps unasked, and to be quick from the first
-- fifty messages on it waits less long with each.
jit.opt.start("hotloop=10", "hotexit=2", "maxtrace=4000", "maxside=500", "maxmcode=4096")
local band, bor, bxor, rshift, tobit = bit.band, bit.bor, bit.bxor, bit.rshift, bit.tobit
local new, copy, sqrt = ffi.new, ffi.copy, math.sqrt

local BESIDE, APART, LIKE, LIKE_APART, TOGETHER, CLOSE = 1, 2, 3, 4, 5, 6 -- what a pair of numbers is a pair of
local MOST = 2 ^ 14 -- numbers of a kind, so that a pair and its kind are one number; `tables._NUMBERS`
local FIRST, TOUCHED, ASKED = 1, 2, 3 -- numbers of the stems that stand for a place
local ASKED_CLASS = 1
local DENIES, STOPS, ASKS, CALLS, COUNTS = 1, 2, 4, 8, 16 -- what a word is besides its numbers

-- Adds the weights of so many labels to a sum: each written out, as a loop of that few turns costs more than what it does.
local function unrolled(labels)
  local lines = {}
  for lane = 0, labels - 1 do
    lines[#lines + 1] = ("sum[%d] = sum[%d] + weights[%d]"):format(lane, lane, lane)
  end
  return assert(loadstring("return function(sum, weights) " .. table.concat(lines, " ") .. " end"))()
end

-- `given` by `tables.of_model`. Gives `weigh`.
return function(given)
  local labels, concepts, most = given.labels, given.concepts, given.most
  local added, reach, near, short, you = given.added, given.reach, given.near, given.short, given.you
  local unkind, unkind_step, unkind_start = given.unkind, given.unkind_step, given.unkind_start
  local overall, overall_step, overall_start = given.overall, given.overall_step, given.overall_start
  local rows, alone = numbers("int8_t", given.rows), numbers("int32_t", given.alone)
  local heads, phrases = numbers("int32_t", given.heads), numbers("int32_t", given.phrases)

  -- marks follow concepts
  local QUESTION, CALL, NUMBER = concepts + 1, concepts + 2, concepts + 3
  local SHORT, NOT, NOT_YOU = concepts + 4, concepts + 5, concepts + 6
  local BLOCK = concepts + 7 -- of `alone`: by itself, as the first of a sentence, near a denial

  -- An open table of pairs: what they are a pair of and their two numbers as one key, then the row of their weights with the one that
  -- says whether there is any fault, so that most sentences need no row. Both lie side by side, as both are looked at.
  local mask = given.slots - 1
  local slots = new("int32_t[?]", 2 * given.slots)
  local function slot_of(key, step)
    local at = tobit(key * 40503)
    return band(bxor(at, rshift(at, 15)) + step, mask)
  end
  local listed = numbers("int32_t", given.pairs)
  for at = 0, #given.pairs / 4 - 4, 4 do
    local key, row, step = (listed[at] * MOST + listed[at + 1]) * MOST + listed[at + 2], listed[at + 3], 0
    while slots[2 * slot_of(key, step)] ~= 0 do
      step = step + 1
    end
    local slot = 2 * slot_of(key, step)
    slots[slot], slots[slot + 1] = key, row * 256 + rows[row * labels + overall] + 128
  end

  -- A word: its weights of the two labels that are looked at first, its stem, its class, its number in phrases, its flags, how many
  -- concepts, and these.
  local width = 7 + most
  local UNKIND, OVERALL, STEM, CLASS, NAME, FLAGS, ABOUT = 0, 1, 2, 3, 4, 5, 6

  -- What a sentence adds up to: of any fault, and the rows of weights besides those of its words; of all labels only when it
  -- must be known. What it has of pairs is written down first and looked up then: a loop that only writes, or only looks up, is
  -- compiled once, while each of the ways through a loop that asks at every step would be compiled for itself.
  local fault, rows_hit = 0, 0
  local hits, wanted, room, count_wanted = new("int32_t[?]", 1), new("int32_t[?]", 1), 1, 0
  local function make_room(more)
    if rows_hit + count_wanted + more < room then return end
    local larger = 2 * (rows_hit + count_wanted + more)
    local own_hits, own_wanted = new("int32_t[?]", larger), new("int32_t[?]", larger)
    copy(own_hits, hits, 4 * room)
    copy(own_wanted, wanted, 4 * room)
    hits, wanted, room = own_hits, own_wanted, larger
  end
  local function is_any(number) -- 1 when it is not 0
    return rshift(bor(number, -number), 31)
  end
  local function key_of(kind, one, other)
    return (kind * MOST + one) * MOST + other
  end
  local function want(key)
    wanted[count_wanted] = key
    count_wanted = count_wanted + 1
  end
  -- Each where it should stand, those that do not where the next ones would, and so on.
  local function take_wanted()
    local total, found, step = fault, rows_hit, 0
    while count_wanted > 0 do
      local again = 0
      for at = 0, count_wanted - 1 do
        local key = wanted[at]
        local slot = 2 * slot_of(key, step)
        local there, value = slots[slot], slots[slot + 1]
        local other = is_any(bxor(there, key))
        total = total + band(band(value, 255) - 128, other - 1)
        hits[found] = rshift(value, 8)
        found = found + 1 - other
        wanted[again] = key
        again = again + band(other, is_any(there))
      end
      count_wanted, step = again, step + 1
    end
    fault, rows_hit = total, found
  end
  local function take_alone(number)
    if alone[number] >= 0 then
      fault = fault + rows[alone[number] * labels + overall]
      hits[rows_hit] = alone[number]
      rows_hit = rows_hit + 1
    end
  end
  local sum = new("int32_t[?]", labels)
  local add = unrolled(labels)
  local function add_all(weights, numbers, count)
    ffi.fill(sum, labels * 4)
    for at = 0, count - 1 do
      add(sum, weights + numbers[at] * labels)
    end
    for at = 0, rows_hit - 1 do
      add(sum, rows + hits[at] * labels)
    end
  end

  -- 0 as a stem or a class is in no pair.
  local function look_at_order(word, count, denied, asks)
    make_room((6 + 2 * reach) * count + 1)
    local here, stem_before, stem, at = word, 0, FIRST, count_wanted
    local class_before, class, is_second = 0, 0, 0 -- the latter -1 from the second word on: what stands first is apart from nothing
    for _ = 1, count do
      local own, own_class = here[STEM], here[CLASS]
      wanted[at] = key_of(BESIDE, stem, own)
      wanted[at + 1] = key_of(APART, stem_before, own)
      at = at + 2
      stem_before, stem, is_second = band(stem, is_second), own, -1
      local is_class = is_any(own_class)
      wanted[at] = key_of(LIKE, class, own_class)
      wanted[at + 1] = key_of(LIKE_APART, class_before, own_class)
      at = at + 2 * is_class
      class_before = bxor(class_before, band(bxor(class_before, class), -is_class))
      class = bxor(class, band(bxor(class, own_class), -is_class))
      here = here + width
    end
    if asks then
      here = word
      for _ = 1, count do
        wanted[at] = key_of(BESIDE, ASKED, here[STEM])
        wanted[at + 1] = key_of(LIKE, ASKED_CLASS, here[CLASS])
        at = at + 2
        here = here + width
      end
    end
    count_wanted = at
    if denied then
      for place = 0, count - 1 do
        if band(word[place * width + FLAGS], DENIES) ~= 0 then
          for side = -1, 1, 2 do
            for step = 1, reach do
              local other = place + side * step
              if other < 0 or other >= count or band(word[other * width + FLAGS], STOPS) ~= 0 then break end
              want(key_of(BESIDE, TOUCHED, word[other * width + STEM]))
            end
          end
        end
      end
    end
    take_wanted()
  end

  -- What a sentence is about: `places` of words and `whats` there, one after the other.
  local places, whats, about = {}, {}, new("int32_t[?]", BLOCK + 1)
  local told = new("uint8_t[?]", 3 * BLOCK)
  local telling, room_for_telling = new("int32_t[?]", 1), 1
  local function find_concepts(word, count)
    if count > room_for_telling then
      telling, room_for_telling = new("int32_t[?]", 2 * count), 2 * count
    end
    local here, many = word, 0
    for at = 0, count - 1 do
      telling[many] = at
      many = many + is_any(bor(here[ABOUT], heads[here[NAME]]))
      here = here + width
    end
    local found = 0
    for one = 0, many - 1 do
      local at = telling[one]
      here = word + at * width
      for concept = 1, here[ABOUT] do
        found = found + 1
        places[found], whats[found] = at, here[ABOUT + concept]
      end
      local phrase = heads[here[NAME]]
      while phrase > 0 do -- its concept, how many words follow, which, and where the next one is
        local long, fits = phrases[phrase + 1], true
        for next_one = 1, long do
          if at + next_one >= count or here[next_one * width + NAME] ~= phrases[phrase + 1 + next_one] then
            fits = false
            break
          end
        end
        if fits then
          found = found + 1
          places[found], whats[found] = at, phrases[phrase]
          make_room(1)
          take_alone(phrases[phrase])
        end
        phrase = phrases[phrase + 2 + long]
      end
    end
    return found
  end

  local function mark(here, number, holds)
    if not holds then return here end
    about[here + 1], told[number] = number, 1
    take_alone(number)
    return here + 1
  end

  local function look_at_concepts(word, count, any, asks)
    ffi.fill(told, 3 * BLOCK)
    local found = find_concepts(word, count)
    if found == 0 then return end
    make_room(BLOCK + 1)
    for one = 1, found do
      told[whats[one]] = 1
    end
    local here = 0
    for concept = 1, concepts do
      about[here + 1] = concept
      here = here + told[concept]
    end
    here = mark(here, QUESTION, asks)
    here = mark(here, CALL, band(any, CALLS) ~= 0)
    here = mark(here, NUMBER, band(any, COUNTS) ~= 0)
    here = mark(here, SHORT, count < short)
    here = mark(here, NOT, band(any, DENIES) ~= 0)
    here = mark(here, NOT_YOU, told[you] == 0)
    take_alone(BLOCK + whats[1])
    told[BLOCK + whats[1]] = 1
    if band(any, DENIES) ~= 0 then
      for at = 0, count - 1 do
        if band(word[at * width + FLAGS], DENIES) ~= 0 then
          make_room(found)
          for one = 1, found do
            if places[one] >= at - near and places[one] <= at + near then
              take_alone(2 * BLOCK + whats[one])
              told[2 * BLOCK + whats[one]] = 1
            end
          end
        end
      end
    end
    make_room(here * here)
    for one = 1, here do
      for other = one + 1, here do
        want(key_of(TOGETHER, about[one], about[other]))
      end
    end
    for one = 1, found do
      make_room(found)
      for other = one + 1, found do
        local apart = places[other] - places[one]
        if apart > near then break end
        wanted[count_wanted] = key_of(CLOSE, whats[one], whats[other])
        count_wanted = count_wanted + is_any(apart)
      end
    end
    take_wanted()
  end

  -- How many things it is about, and their numbers in `alone`; gives how many bytes that takes.
  local subjects = new("uint16_t[?]", 3 * BLOCK + 2)
  local function told_of()
    local count = 0
    for number = 1, 3 * BLOCK - 1 do
      subjects[count + 1] = number
      count = count + told[number]
    end
    subjects[0] = count
    return 2 * count + 2
  end

  -- word: those of a sentence, one after the other; weights: those of all words, by their numbers. Gives the sums, and what it is about
  -- with how many bytes that takes, of one that is doubted; else nil.
  return function(word, count, weights, numbers, clear, unlikely, harmless)
    local scale = 1 / sqrt(count + added)
    local here, any, bad = word + 0, 0, 0
    fault, rows_hit, count_wanted = 0, 0, 0
    for _ = 1, count do
      bad, fault = bad + here[UNKIND], fault + here[OVERALL]
      any = bor(any, here[FLAGS])
      here = here + width
    end
    local last = count > 0 and word[(count - 1) * width + FLAGS] or 0
    local asks = band(bor(last, count > 1 and word[(count - 2) * width + FLAGS] or 0), ASKS) ~= 0
    if bad * scale * unkind_step + unkind_start < clear then return nil end
    if count > 0 then look_at_order(word + 0, count, band(any, DENIES) ~= 0, asks) end
    if fault * scale * overall_step + overall_start < unlikely then return nil end
    look_at_concepts(word, count, any, asks)
    if fault * scale * overall_step + overall_start < harmless then return nil end
    add_all(weights, numbers, count)
    return sum, subjects, told_of()
  end
end
