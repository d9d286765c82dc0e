-- SPDX-License-Identifier: Apache-2.0
-- What the other pages make of the bytes that Python gives them. They find it as `purring.arrays`.

local ffi = require("ffi")
local arrays = {}

-- Numbers of a kind, such as "int32_t", and one more place.
function arrays.numbers(kind, given)
  local found = ffi.new(kind .. "[?]", #given / ffi.sizeof(kind) + 1)
  ffi.copy(found, given, #given)
  return found
end

package.loaded["purring.arrays"] = arrays
