window.traceData = {
 "words": {"source": "Source of", "published": "published", "more": "and {n} more rows", "row": "row"},
 "sets": [
  [[0,1],0,[0]],
  [[2],33,[1]]
 ],
 "rows": [
  [0,"1,298","Viet Nam, Central list, 25 December 2025",1,1,2,0,"2"],
  [3,"1,227","Viet Nam, Central list, 25 December 2025",1,1,2,0,"3"],
  [4,"11.89 %","Quảng Ninh, 2025, estimate",5,1,6,1,"31"]
 ],
 "texts": ["Tasks on the list","","27 December 2025","Tasks completed","Growth of GRDP","NSO: Growth of GRDP at 2010 prices.","Aug 2026"],
 "sources": [
  ["Huế Ngày Nay","Results in carrying out Resolution 57","https://huengaynay.vn/","hue-ngay-nay/central-2025-12-27.csv"],
  ["National Statistics Office","PX-Web table PL.V03.01","https://pxweb.nso.gov.vn/","nso/PL.V03.01.csv"]
 ]
};
