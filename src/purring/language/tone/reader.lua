-- SPDX-License-Identifier: Apache-2.0
-- Goes through a text: what stands between two spaces is looked up once, then each sentence is weighed (`kernel.lua`) and the words it
-- has are sifted (`sieve.lua`). What was never met is asked of the Python side, which says it with `learn` and asks again. What is needed
-- together lies together: a computer waits longer for its memory here than it reckons.

local ffi, bit = require("ffi"), require("bit")
local band, bxor, rshift, tobit = bit.band, bit.bxor, bit.rshift, bit.tobit
local cast, new, copy, bytes_of = ffi.cast, ffi.new, ffi.copy, ffi.string

local SPACE, NAME, MASK = 32, 25, 26 -- the latter two stand for each letter of what was blanked (`folding.py`): one says as much as many
local ZERO, NINE, ANY_NUMBER = 48, 57, 55
local MOST = 60000 -- letters of a chunk; no text has more
local MOST_FIGURES = 12
local LENGTH, WORDS, OF_TEXT, OF_SENTENCE, NONE, LETTERS = 0, 1, 2, 3, 4, 5 -- a chunk: then come its words and the keys of both kinds
local GOOD = -1

-- An array that grows, what is in it kept.
local function grown(kind, array, room, wanted)
  if wanted <= room then return array, room end
  local more = math.max(2 * room, wanted)
  local found = new(kind .. "[?]", more)
  copy(found, array, room * ffi.sizeof(kind))
  return found, more
end
local function empty(kind)
  return new(kind .. "[?]", 1), 1
end

-- An open table of whole numbers, not 0, by two others: `is` says of a value whether it is the one that is meant.
local function lookup(is)
  local slots, mask, count = nil, 0, 0
  local function clear()
    slots, mask, count = new("int32_t[?]", 3 * 1024), 1023, 0
  end
  local function get(one, other)
    local slot = band(bxor(one, rshift(one, 15)), mask)
    while true do
      local at = 3 * slot
      if slots[at + 2] == 0 or (slots[at] == one and slots[at + 1] == other and is(slots[at + 2])) then return slots[at + 2] end
      slot = band(slot + 1, mask)
    end
  end
  local function put(one, other, value)
    local slot = band(bxor(one, rshift(one, 15)), mask)
    while slots[3 * slot + 2] ~= 0 do
      slot = band(slot + 1, mask)
    end
    slots[3 * slot], slots[3 * slot + 1], slots[3 * slot + 2] = one, other, value
  end
  local function add(one, other, value)
    count = count + 1
    if 2 * count > mask then
      local before, size = slots, mask + 1
      slots, mask = new("int32_t[?]", 6 * size), 2 * size - 1
      for at = 0, 3 * size - 3, 3 do
        if before[at + 2] ~= 0 then put(before[at], before[at + 1], before[at + 2]) end
      end
    end
    put(one, other, value)
  end
  clear()
  return get, add, clear
end

-- Products stay below 2^51, up to where bits are taken alike everywhere.
local function mixed(hash, number)
  hash = tobit(bxor(hash, number) * 742939)
  return bxor(hash, rshift(hash, 15))
end
local function mixed_otherwise(hash, number)
  hash = tobit(bxor(hash, number) * 618971)
  return bxor(hash, rshift(hash, 13))
end

-- `weigh` by `kernel.lua`, `weigh_word` by `words.lua`; two times `sift` by `sieve.lua`. Gives `read`, then `learn`, `learn_word`, `for_now`,
-- `forget`, `forget_sentences` and `kept_now`.
return function(given, weigh, weigh_word, sift_text, sift_sentence)
  local width, labels, longest, most = given.width, given.labels, given.longest, given.most
  local unkind, overall, seed = given.unkind, given.overall, given.seed
  local beginnings = given.beginnings -- of numbers that somebody looks for
  local spaces, highest = new("uint8_t[?]", given.highest + 1), given.highest
  local listed = cast("const int32_t *", given.spaces)
  for at = 0, #given.spaces / 4 - 1 do
    spaces[listed[at]] = 1
  end
  local function is_space(letter)
    return letter <= highest and spaces[letter] ~= 0
  end

  -- Words by number: their weights, and their rows. Chunks one after the other in `store`; those that are not kept by `long`.
  local rows, room_of_rows = empty("int16_t")
  local weights, room_of_weights = empty("int16_t")
  local store, room = empty("uint16_t")
  local words_known, used = 0, 1
  local long, kept_words, kept = {}, nil, nil

  local piece, room_of_piece = empty("uint16_t") -- what is looked for, in UTF-16, and how long it is
  local length = 0
  local function is_it(at)
    if store[at + LENGTH] ~= length then return false end
    for place = 0, length - 1 do
      if store[at + LETTERS + place] ~= piece[place] then return false end
    end
    return true
  end
  local chunk_by, add_chunk, clear_chunks = lookup(is_it)

  -- What sentences were found to be, by two numbers made of their chunks, which no two that anybody writes have in common: `GOOD`, or
  -- where in `doubts` it stands what they are doubted for.
  local function is_any()
    return true
  end
  local found_by, add_found, clear_found = lookup(is_any)
  local doubts, known = {}, 0
  local limits = { 0, 0, 0 } -- to which they were found so
  local function forget_sentences()
    clear_found()
    doubts, known = {}, 0
  end
  local function keep_to(clear, unlikely, harmless)
    if limits[1] ~= clear or limits[2] ~= unlikely or limits[3] ~= harmless then
      limits[1], limits[2], limits[3] = clear, unlikely, harmless
      forget_sentences()
    end
  end
  local function forget()
    words_known, used, long, kept = 0, 1, {}, nil
    clear_chunks()
    forget_sentences()
  end
  -- What is learned from here on is forgotten once the text is read.
  local function for_now()
    kept_words, kept = words_known, used
  end

  -- The next word: what `words.lua` wants to know of it, and its row as `kernel.lua` reads it, but for the weights. Gives its number, from
  -- 1 on.
  local function learn_word(token, numbers_of_rows, row)
    words_known = words_known + 1
    weights, room_of_weights = grown("int16_t", weights, room_of_weights, (words_known + 1) * labels)
    rows, room_of_rows = grown("int16_t", rows, room_of_rows, (words_known + 1) * width)
    local own = weigh_word(token, numbers_of_rows)
    copy(weights + words_known * labels, own, 2 * labels)
    copy(rows + words_known * width, row, 2 * width)
    rows[words_known * width], rows[words_known * width + 1] = own[unkind], own[overall]
    return words_known
  end

  -- told: the letters of a chunk, as it is looked for, and after so many the numbers of its words, of its keys of a text, and of those of
  -- a sentence.
  local function learn(told, own_length, words, of_text, of_sentence)
    local number, count, hash = cast("const uint16_t *", told), #told / 2, seed
    for at = 0, own_length - 1 do
      hash = mixed(hash, number[at])
    end
    store, room = grown("uint16_t", store, room, used + LETTERS + count)
    store[used + LENGTH], store[used + WORDS] = own_length, words
    store[used + OF_TEXT], store[used + OF_SENTENCE], store[used + NONE] = of_text, of_sentence, 0
    copy(store + used + LETTERS, number, 2 * count)
    if own_length <= longest then
      add_chunk(hash, own_length, used)
    else
      long[told:sub(1, 2 * own_length)] = used
    end
    used = used + LETTERS + count
  end

  local chunks, room_of_chunks = empty("int32_t")
  local firsts, room_of_firsts = empty("int32_t") -- by sentence its first chunk, and then two numbers of it, 0 when it is not kept
  local words, room_of_words = empty("int16_t")
  local numbers, room_of_numbers = empty("uint16_t")

  -- The next letter of what is looked for.
  local function add_letter(letter)
    piece, room_of_piece = grown("uint16_t", piece, room_of_piece, length + 2)
    if length >= MOST then return end
    if letter > 65535 then
      piece[length] = 55232 + rshift(letter, 10)
      piece[length + 1] = 56320 + band(letter, 1023)
      length = length + 2
    elseif (letter ~= MASK and letter ~= NAME) or length == 0 or piece[length - 1] ~= letter then
      piece[length] = letter
      length = length + 1
    end
  end
  local function is_digit(letter)
    return letter >= ZERO and letter <= NINE
  end
  -- Figures as a number, how many there are with it; of those that somebody looks for none has more than twelve.
  local function key_of(value, count)
    return value * 16 + count
  end
  local exact = {}
  for figures in pairs(given.named) do
    assert(#figures <= MOST_FIGURES, "rules look for more figures than reader.lua compares")
    exact[key_of(tonumber(figures), #figures)] = true
  end
  local function is_named(text, from, ends)
    local count, value = ends - from, 0
    if count <= MOST_FIGURES then
      for at = from, ends - 1 do
        value = value * 10 + text[at] - ZERO
      end
      if exact[key_of(value, count)] then return true end
    end
    for one = 1, #beginnings do
      local begins, same = beginnings[one], 0
      while same < #begins and same < count and text[from + same] == begins:byte(same + 1) do
        same = same + 1
      end
      if same == #begins then return true end
    end
    return false
  end
  -- Figures: any others say as much, save those that somebody looks for (`general.py`). Gives where they end.
  local function add_figures(text, from, ends)
    local at = from
    while at < ends and is_digit(text[at]) do
      at = at + 1
    end
    if is_named(text, from, at) then
      for place = from, at - 1 do
        add_letter(text[place])
      end
    else
      add_letter(ANY_NUMBER)
    end
    return at
  end
  local function hash_of_piece()
    local hash = seed
    for at = 0, length - 1 do
      hash = mixed(hash, piece[at])
    end
    return hash
  end

  -- Looks up all chunks of the sentences. Gives those that are not known, or nil.
  local function look_up(text, spans, sentences)
    local count, lacking = 0, nil
    for sentence = 0, sentences - 1 do
      local at, ends = spans[2 * sentence], spans[2 * sentence + 1]
      local one, other, keeps = 1, 2, true
      firsts[3 * sentence] = count
      while at < ends do
        local letter = text[at]
        if is_space(letter) then
          at = at + 1
        else
          length = 0
          repeat
            if is_digit(letter) then
              at = add_figures(text, at, ends)
            else
              add_letter(letter)
              at = at + 1
            end
            letter = at < ends and text[at] or SPACE
          until is_space(letter)
          local found
          if length <= longest then
            found = chunk_by(hash_of_piece(), length)
          else
            found, keeps = long[bytes_of(piece, 2 * length)] or 0, false
          end
          if found == 0 then
            lacking = lacking or {}
            lacking[#lacking + 1] = bytes_of(piece, 2 * length)
          end
          chunks, room_of_chunks = grown("int32_t", chunks, room_of_chunks, count + 1)
          chunks[count], count = found, count + 1
          one, other = mixed(one, found), mixed_otherwise(other, found)
        end
      end
      firsts[3 * sentence + 1], firsts[3 * sentence + 2] = keeps and one or 0, keeps and other or 0
    end
    firsts[3 * sentences] = count
    return lacking
  end

  -- What chunks have of words, or of keys: `kind` says which, and how many others stand before them. Gives them, and how many.
  local function gather(from, ends, before, another, kind)
    local count = 0
    for at = from, ends - 1 do
      local chunk = chunks[at]
      local many = store[chunk + kind]
      numbers, room_of_numbers = grown("uint16_t", numbers, room_of_numbers, count + many)
      copy(numbers + count, store + chunk + LETTERS + store[chunk + LENGTH] + store[chunk + before] + store[chunk + another], 2 * many)
      count = count + many
    end
    return numbers, count
  end

  local telling, room_for_telling = empty("uint8_t")
  -- What a sentence is doubted for: how many words it has, how many bytes is said of what it is about and of its words, the sums and
  -- both; nil when it is good.
  local function weighed(from, ends, clear, unlikely, harmless)
    local _, count = gather(from, ends, NONE, NONE, WORDS)
    words, room_of_words = grown("int16_t", words, room_of_words, count * width)
    for at = 0, count - 1 do
      copy(words + at * width, rows + numbers[at] * width, 2 * width)
    end
    local sums, about, long_about = weigh(words, count, weights, numbers, clear, unlikely, harmless)
    if not sums then return nil end
    local seen, long_seen = sift_sentence(gather(from, ends, WORDS, OF_TEXT, OF_SENTENCE))
    local long = 4 * labels + long_about + long_seen
    telling, room_for_telling = grown("uint8_t", telling, room_for_telling, long)
    copy(telling, sums, 4 * labels)
    copy(telling + 4 * labels, about, long_about)
    copy(telling + 4 * labels + long_about, seen, long_seen)
    return { count, long_about, long_seen, bytes_of(telling, long) }
  end

  -- text: the letters of some texts, one after the other, as whole numbers; spans: where sentences begin and end; ends: how many of these
  -- there are up to the end of each text. Gives the sentences that are doubted (each its number, how many words it has, and how many bytes is
  -- said of what it is about and of what words it has), what is said of them, and what words each text has as a whole; or else the chunks
  -- that must be learned first, with spaces between them, in UTF-16 as all letters here.
  local function read(given_text, given_spans, given_ends, clear, unlikely, harmless)
    local text, spans = cast("const int32_t *", given_text), cast("const int32_t *", given_spans)
    local ends, texts = cast("const int32_t *", given_ends), #given_ends / 4
    local sentences = ends[texts - 1]
    firsts, room_of_firsts = grown("int32_t", firsts, room_of_firsts, 3 * sentences + 3)
    local lacking = look_up(text, spans, sentences)
    if lacking then return nil, nil, nil, table.concat(lacking, " \0") end
    local remembers = clear > -math.huge
    if remembers then keep_to(clear, unlikely, harmless) end
    local doubted, told, many = {}, {}, 0
    local sifted, from = "", 0
    for one = 0, texts - 1 do
      sifted = sifted .. bytes_of(sift_text(gather(from, firsts[3 * ends[one]], WORDS, NONE, OF_TEXT)))
      from = firsts[3 * ends[one]]
    end
    for sentence = 0, sentences - 1 do
      local one, other = firsts[3 * sentence + 1], firsts[3 * sentence + 2]
      local keeps = one ~= 0 and remembers
      local found = keeps and found_by(one, other) or 0
      if found ~= GOOD then
        local doubt = found > 0 and doubts[found] or weighed(firsts[3 * sentence], firsts[3 * sentence + 3], clear, unlikely, harmless)
        if keeps and found == 0 then
          if known >= most then forget_sentences() end
          known = known + 1
          if doubt then doubts[known] = doubt end
          add_found(one, other, doubt and known or GOOD)
        end
        if doubt then
          doubted[many + 1], doubted[many + 2], doubted[many + 3], doubted[many + 4] = sentence, doubt[1], doubt[2], doubt[3]
          many = many + 4
          told[#told + 1] = doubt[4]
        end
      end
    end
    if kept then
      words_known, used, long, kept = kept_words, kept, {}, nil
    end
    local lengths = new("int32_t[?]", many + 1)
    for at = 0, many - 1 do
      lengths[at] = doubted[at + 1]
    end
    return bytes_of(lengths, 4 * many), table.concat(told), sifted, nil
  end

  -- How much is kept: of words, of letters and numbers of chunks, of sentences.
  local function kept_now()
    return words_known, used, known
  end

  return read, learn, learn_word, for_now, forget, forget_sentences, kept_now
end
