-- Pages link to each other by their sources (.qmd); in the site they are .html. Quarto does this by itself
-- only in projects of type website, which bring a navigation of their own.
return {
  {
    Link = function(link)
      if link.target:match("^%a[%w+.-]*:") then return nil end
      link.target = link.target:gsub("%.qmd$", ".html"):gsub("%.qmd#", ".html#")
      return link
    end,
  },
}
