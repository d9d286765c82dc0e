-- SPDX-License-Identifier: Apache-2.0
-- The inner loop of `kernel.py`: adds up what the model of one language says of the sentences of a text, as `by_name.py` does by
-- the names of features, which tests hold it against. Most sentences are plainly good, so each look is only at what the one
-- before left: the words alone, their order, what they are about together.
--
-- Stems, classes, concepts and words of phrases are numbers from 1 on, which the Python side gives them; 0 is none.

local ffi, bit, jit = require("ffi"), require("bit"), require("jit")
-- Each turn that a sentence may take is a trace of its own: there are more than what it keeps unasked, and to be quick from the first
-- fifty messages on it waits less long with each.
jit.opt.start("hotloop=10", "hotexit=2", "maxtrace=4000", "maxside=500", "maxmcode=4096")
local band, bor, bxor, rshift, tobit = bit.band, bit.bor, bit.bxor, bit.rshift, bit.tobit
local cast, new, copy, bytes_of, sqrt = ffi.cast, ffi.new, ffi.copy, ffi.string, math.sqrt

local BESIDE, APART, LIKE, LIKE_APART, TOGETHER, CLOSE = 1, 2, 3, 4, 5, 6 -- what a pair of numbers is a pair of
local MOST = 2 ^ 14 -- numbers of a kind, so that a pair and its kind are one number; `kernel._NUMBERS`
local FIRST, TOUCHED, ASKED = 1, 2, 3 -- numbers of the stems that stand for a place
local ASKED_CLASS = 1
local DENIES, STOPS, ASKS, CALLS, COUNTS = 1, 2, 4, 8, 16 -- what a word is besides its numbers
local DOUBTED = 1

local function numbers(kind, given)
  local found = new(kind .. "[?]", #given / ffi.sizeof(kind) + 1)
  copy(found, given, #given)
  return found
end

-- Adds the weights of so many labels to a sum: each written out, as a loop of that few turns costs more than what it does.
local function unrolled(labels)
  local lines = {}
  for lane = 0, labels - 1 do
    lines[#lines + 1] = ("sum[%d] = sum[%d] + weights[%d]"):format(lane, lane, lane)
  end
  return assert(loadstring("return function(sum, weights) " .. table.concat(lines, " ") .. " end"))()
end

-- `given` by the constructor of `Kernel`, which says what each is. Returns `weigh`.
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
  -- says whether there is any fault, so that most sentences need no row.
  local slots = given.slots
  local mask = slots - 1
  local keys, values = new("uint32_t[?]", slots), new("int32_t[?]", slots)
  local function slot_of(key)
    local at = tobit(key * 40503)
    at = band(bxor(at, rshift(at, 15)), mask)
    while keys[at] ~= key and keys[at] ~= 0 do
      at = band(at + 1, mask)
    end
    return at
  end
  local function value_of(row)
    return row * 256 + rows[row * labels + overall] + 128
  end
  local listed = numbers("int32_t", given.pairs)
  for at = 0, #given.pairs / 4 - 4, 4 do
    local key, row = (listed[at] * MOST + listed[at + 1]) * MOST + listed[at + 2], listed[at + 3]
    local slot = slot_of(key)
    keys[slot], values[slot] = key, value_of(row)
  end

  -- A word: its own weights, then its stem, its class, its number in phrases, its flags, how many concepts, and these.
  local width = labels + 5 + most
  local STEM, CLASS, NAME, FLAGS, ABOUT = labels, labels + 1, labels + 2, labels + 3, labels + 4

  -- What a sentence adds up to: of any fault, and the rows of weights besides those of its words; of all labels only when it
  -- must be known.
  local fault, hits, room, rows_hit = 0, new("int32_t[?]", 256), 256, 0
  local function take(value)
    if rows_hit == room then
      local more = new("int32_t[?]", 2 * room)
      copy(more, hits, 4 * room)
      hits, room = more, 2 * room
    end
    fault = fault + band(value, 255) - 128
    hits[rows_hit] = rshift(value, 8)
    rows_hit = rows_hit + 1
  end
  local function take_pair(kind, one, other)
    local key = (kind * MOST + one) * MOST + other
    local slot = slot_of(key)
    if keys[slot] == key then take(values[slot]) end
  end
  local function take_alone(number)
    if alone[number] >= 0 then take(value_of(alone[number])) end
  end
  local sum = new("int32_t[?]", labels)
  local add = unrolled(labels)
  local function add_all(word, count)
    ffi.fill(sum, labels * 4)
    for at = 0, count - 1 do
      add(sum, word + at * width)
    end
    for at = 0, rows_hit - 1 do
      add(sum, rows + hits[at] * labels)
    end
  end

  local function look_at_order(word, count, denied, asks)
    local before, last = 0, 0
    if word[STEM] ~= 0 then take_pair(BESIDE, FIRST, word[STEM]) end
    local here = word
    for at = 0, count - 1 do
      local stem, class = here[STEM], here[CLASS]
      if stem ~= 0 then
        if at > 0 and here[STEM - width] ~= 0 then take_pair(BESIDE, here[STEM - width], stem) end
        if at > 1 and here[STEM - 2 * width] ~= 0 then take_pair(APART, here[STEM - 2 * width], stem) end
        if asks then take_pair(BESIDE, ASKED, stem) end
      end
      if class ~= 0 then
        if last ~= 0 then take_pair(LIKE, last, class) end
        if before ~= 0 then take_pair(LIKE_APART, before, class) end
        if asks then take_pair(LIKE, ASKED_CLASS, class) end
        before, last = last, class
      end
      here = here + width
    end
    if denied then
      for at = 0, count - 1 do
        if band(word[at * width + FLAGS], DENIES) ~= 0 then
          for side = -1, 1, 2 do
            for step = 1, reach do
              local other = at + side * step
              if other < 0 or other >= count or band(word[other * width + FLAGS], STOPS) ~= 0 then break end
              if word[other * width + STEM] ~= 0 then take_pair(BESIDE, TOUCHED, word[other * width + STEM]) end
            end
          end
        end
      end
    end
  end

  -- What a sentence is about: `places` of words and `whats` there, one after the other.
  local places, whats, about = {}, {}, {}
  local told = new("uint8_t[?]", 3 * BLOCK)
  local function find_concepts(word, count)
    local found = 0
    for at = 0, count - 1 do
      local here = word + at * width
      for one = 1, here[ABOUT] do
        found = found + 1
        places[found], whats[found] = at, here[ABOUT + one]
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
    for one = 1, found do
      told[whats[one]] = 1
    end
    local here = 0
    for concept = 1, concepts do
      if told[concept] ~= 0 then
        here = here + 1
        about[here] = concept
      end
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
          for one = 1, found do
            if places[one] >= at - near and places[one] <= at + near then
              take_alone(2 * BLOCK + whats[one])
              told[2 * BLOCK + whats[one]] = 1
            end
          end
        end
      end
    end
    for one = 1, here do
      for other = one + 1, here do
        take_pair(TOGETHER, about[one], about[other])
      end
    end
    for one = 1, found do
      for other = one + 1, found do
        if places[other] - places[one] > near then break end
        if places[other] > places[one] then take_pair(CLOSE, whats[one], whats[other]) end
      end
    end
  end

  -- How many things it is about, and their numbers in `alone`; gives how many bytes that takes.
  local subjects = new("uint16_t[?]", 3 * BLOCK + 1)
  local function told_of()
    local count = 0
    for number = 1, 3 * BLOCK - 1 do
      if told[number] ~= 0 then
        count = count + 1
        subjects[count] = number
      end
    end
    subjects[0] = count
    return 2 * count + 2
  end

  -- words: those of all sentences; counts: how many each has. Gives a byte for each sentence, what it is, and of each that is
  -- doubted the sums, and what it is about.
  return function(words, counts, sentences, clear, unlikely, harmless)
    local word, count_of = cast("const int16_t *", words), cast("const int32_t *", counts)
    local kinds, doubted = new("uint8_t[?]", sentences + 1), {}
    for sentence = 0, sentences - 1 do
      local count = count_of[sentence]
      local scale = 1 / sqrt(count + added)
      local here, any, bad, asks = word, 0, 0, false
      fault, rows_hit = 0, 0
      for at = 0, count - 1 do
        bad, fault = bad + here[unkind], fault + here[overall]
        any = bor(any, here[FLAGS])
        asks = asks or (at >= count - 2 and band(here[FLAGS], ASKS) ~= 0)
        here = here + width
      end
      if bad * scale * unkind_step + unkind_start >= clear then
        if count > 0 then look_at_order(word, count, band(any, DENIES) ~= 0, asks) end
        if fault * scale * overall_step + overall_start >= unlikely then
          look_at_concepts(word, count, any, asks)
          if fault * scale * overall_step + overall_start >= harmless then
            add_all(word, count)
            kinds[sentence] = DOUBTED
            doubted[#doubted + 1] = bytes_of(sum, labels * 4)
            doubted[#doubted + 1] = bytes_of(subjects, told_of())
          end
        end
      end
      word = here
    end
    return bytes_of(kinds, sentences), table.concat(doubted)
  end
end
