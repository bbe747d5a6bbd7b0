"""A list in each format, as short as it can be and in the shape of the real one."""

OFAC_XML = """<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
  <publshInformation><Publish_Date>05/07/2024</Publish_Date></publshInformation>
  <sdnEntry>
    <uid>7</uid><firstName>Ivan</firstName><lastName>IVANOV</lastName><sdnType>Individual</sdnType>
    <remarks>A remark.</remarks>
    <programList><program>RUSSIA-EO14024</program></programList>
    <akaList>
      <aka><uid>1</uid><category>strong</category><lastName>IVANOFF</lastName><firstName>Ivan</firstName></aka>
      <aka><uid>2</uid><category>weak</category><lastName>VANYA</lastName></aka>
    </akaList>
    <nationalityList><nationality><country>Russia</country></nationality></nationalityList>
    <dateOfBirthList><dateOfBirthItem><dateOfBirth>03 May 1938</dateOfBirth></dateOfBirthItem></dateOfBirthList>
  </sdnEntry>
  <sdnEntry><uid>8</uid><lastName>EP-GOM</lastName><sdnType>Aircraft</sdnType></sdnEntry>
</sdnList>"""
EU_XML = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2024-05-13T17:44:28.283+02:00">
  <sanctionEntity euReferenceNumber="EU.27.28" logicalId="13">
    <remark>A remark.</remark>
    <regulation publicationDate="2003-07-08" programme="IRQ"><publicationUrl>http://eur-lex.europa.eu/x</publicationUrl></regulation>
    <subjectType code="person" classificationCode="P"/>
    <nameAlias wholeName="Saddam  Hussein" strong="true"/>
    <nameAlias wholeName="Abu Ali" strong="false"/>
    <citizenship countryIso2Code="IQ" countryDescription="IRAQ"/>
    <birthdate birthdate="1937-04-28" year="1937"/>
  </sanctionEntity>
  <sanctionEntity euReferenceNumber="EU.27.28" logicalId="13">
    <regulation publicationDate="2004-01-01" programme="TAQA"/>
    <subjectType code="enterprise"/>
    <nameAlias wholeName="The other entry" strong="true"/>
  </sanctionEntity>
</export>"""
UN_XML = """<?xml version='1.0' encoding='UTF-8'?>
<CONSOLIDATED_LIST dateGenerated='2024-05-15T00:00:03.012Z'><INDIVIDUALS><INDIVIDUAL>
  <FIRST_NAME>MUHAMMAD</FIRST_NAME><SECOND_NAME>TAHER</SECOND_NAME><THIRD_NAME>ANWARI</THIRD_NAME>
  <UN_LIST_TYPE>Taliban</UN_LIST_TYPE><REFERENCE_NUMBER>TAi.005</REFERENCE_NUMBER><LISTED_ON>2001-02-23</LISTED_ON>
  <NAME_ORIGINAL_SCRIPT>محمد طاهر أنوري</NAME_ORIGINAL_SCRIPT>
  <NATIONALITY><VALUE>Afghanistan</VALUE></NATIONALITY>
  <LAST_DAY_UPDATED><VALUE>2003-09-03</VALUE><VALUE>2011-11-29</VALUE></LAST_DAY_UPDATED>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Mohammad Taher Anwari</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Haji Mudir</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1961</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
</INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY>
  <FIRST_NAME>AFGHAN SUPPORT COMMITTEE</FIRST_NAME><UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE>
  <REFERENCE_NUMBER>QDe.069</REFERENCE_NUMBER>
</ENTITY></ENTITIES></CONSOLIDATED_LIST>"""
OFSI_CSV = """Last Updated,02/04/2014
Name 6,Name 1,DOB,Nationality,Country,Other Information,Group Type,Alias Type,Regime,Listed On,Last Updated,Group ID
ABBAS,Faysal,00/00/1955,Syrian,,Former Minister,Individual,AKA,Syria,28/02/2012,31/05/2013,12510
3MG,,,,Iran,,Entity,Prime Alias,Iran (nuclear proliferation),24/06/2008,10/06/2010,10657
ABBAS,Fayssal,17/08/1955,,,Former Minister,Individual,Prime Alias,Syria,28/02/2012,31/05/2013,12510
"""
SDN_CSV = (
    '7,"IVANOV, Ivan","individual","RUSSIA-EO14024] [SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    "\"DOB 03 May 1938; nationality Russia; a.k.a. 'VANYA'; Lin\"\r\n\x1a"
)
ALT_CSV = '7,1,"aka","IVANOFF, Ivan",-0- \r\n'
ADD_CSV = '7,25,-0- ,"Minsk","Belarus",-0- \r\n'
COMMENTS_CSV = '7,"ked To: SOMEBODY."\r\n'
FTM: list[dict[str, object]] = [
    {
        "id": "s1",
        "schema": "Sanction",
        "properties": {"entity": ["p1"], "program": ["RUS"], "listingDate": ["2022-02-25"]},
    },
    {
        "id": "p1",
        "caption": "Ivan Ivanov",
        "schema": "Person",
        "properties": {
            "name": ["Ivan Ivanov", "Иван Иванов"],
            "weakAlias": ["Vanya"],
            "nationality": "ru",
            "birthDate": ["1938-05-03"],
        },
        "datasets": ["eu_fsf"],
        "last_change": "2024-03-14T11:31:42",
    },
    {"id": "o1", "caption": "Holding", "schema": "Ownership", "properties": {}},
]
SENZING: dict[str, object] = {
    "DATA_SOURCE": "OS_US_CONGRESS",
    "RECORD_ID": "NK-1",
    "RECORD_TYPE": "PERSON",
    "NAMES": [{"NAME_TYPE": "ALIAS", "NAME_FULL": "Jen"}, {"NAME_TYPE": "PRIMARY", "NAME_FULL": "Jennifer McClellan"}],
    "RISKS": [{"TOPIC": "role.pep"}],
    "DATES": [{"DATE_OF_BIRTH": "1972"}],
    "COUNTRIES": [{"NATIONALITY": "us"}],
}
SIMPLE_CSV = (
    '"id","schema","name","aliases","birth_date","countries","dataset","last_change"\n'
    '"Q1","Person","Saad Hariri","Hariri;""Doe; John""","1970-04-18","fr;lb","A list","2024-03-10T15:36:30"\n'
    '"Q2","Address","A street","","","","",""\n'
)
OWN: dict[str, object] = {"id": "a", "name": "A B", "type": "company", "tags": ["mine"]}
